import { makeHistory, policies, writeHistories } from '../../electron/helper/repository/testing/keep-histories.ts';
import {
  disagreements,
  ourDecisions,
  resticDecisions,
  resticOptions,
} from '../../electron/helper/repository/testing/keep-oracle.ts';
import { testPassword } from '../../electron/helper/repository/testing/memory-repository.ts';
import { ResticPlace, resticBinaries } from '../../electron/helper/repository/testing/restic-program.ts';
import { type CaseResult, runSoak } from '../harness/soak.ts';

// Keep rules beside the newest restic that is here: other histories each time, every set of rules in every zone.

const perRound = 2_000;
const newest = resticBinaries().findLast(({ path, minor }) => path !== undefined && minor >= 17);
if (!newest?.path) throw new Error('A restic of 0.17 or newer is needed: run npm run setup, or install one.');
const program = newest.path;

/** Nothing of a round outlives it, so that a soak that was stopped goes on with other histories. */
async function round(repetition: number): Promise<CaseResult> {
  const seeds = Array.from({ length: perRound }, (_, seed) => makeHistory(10_000 + repetition * perRound + seed));
  const place = new ResticPlace(program, testPassword);
  try {
    await writeHistories(place.root, seeds);
    const all = policies(10);
    const wrong: string[] = [];
    for (const policy of all) {
      const different = disagreements(ourDecisions(seeds, policy), await resticDecisions(place, policy));
      wrong.push(...different.map((text) => `${resticOptions(policy.rules).join(' ')} in ${policy.zone}: ${text}`));
    }
    const snapshots = seeds.reduce((sum, history) => sum + history.snapshots.length, 0);
    const facts = { histories: seeds.length, snapshots, policies: all.length, different: wrong.length };
    return { ok: wrong.length === 0, facts: { ...facts, first: wrong[0] ?? '' } };
  } finally {
    place.dispose();
  }
}

await runSoak('keep', [{ name: `the decisions of ${newest.title}`, count: 10, run: round }], process.argv.slice(2));
