import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FlippedRepository } from './testing/flipped-repository.ts';
import { SeededRandom } from './testing/seeded-random.ts';

/** A sample; `npm run soak -- flips` has a thousand. */
describe('one flipped bit', () => {
  const random = new SeededRandom(20);
  let repository: FlippedRepository;

  beforeAll(async () => {
    repository = await FlippedRepository.make(random);
  });
  afterAll(() => repository[Symbol.dispose]());

  it.each([
    ['data', 20],
    ['index', 10],
    ['snapshots', 6],
    ['keys', 6],
    ['config', 4],
  ])('in %s is noticed, crashes nothing, and costs only what it is in', async (kind, count) => {
    for (let n = 0; n < count; n += 1) {
      const path = random.pick(repository.paths().filter((each) => each.startsWith(kind)));
      expect(await repository.flip(path, random)).toMatchObject({ faults: [] });
    }
  });
});
