import { FlippedRepository } from '../../electron/helper/repository/testing/flipped-repository.ts';
import { SeededRandom } from '../../electron/helper/repository/testing/seeded-random.ts';
import { runSoak } from '../harness/soak.ts';

// A thousand bits of a repository, one at a time: each flip is noticed when everything is read, nothing crashes, nothing reads
// as something else, and what the bit cannot have damaged is whole.

const kinds = { data: 500, index: 200, snapshots: 130, keys: 120, config: 50 } as const;

const random = new SeededRandom(Date.now());
using repository = await FlippedRepository.make(random);
const scenarios = Object.entries(kinds).map(([kind, count]) => ({
  name: kind,
  count,
  async run() {
    const path = random.pick(repository.paths().filter((each) => each.startsWith(kind)));
    const { where, noticed, filesWhole, filesLost, faults } = await repository.flip(path, random);
    const facts = { where, noticed, filesWhole, filesLost };
    return { ok: faults.length === 0, facts: faults.length === 0 ? facts : { ...facts, faults: faults.join('\n') } };
  },
}));
await runSoak('flips', scenarios, process.argv.slice(2));
