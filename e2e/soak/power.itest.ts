import { afterAll, describe, expect, it } from 'vitest';
import { whyNoLoggedDisk } from './power/logged-disk.ts';
import { PowerPlace } from './power/power-place.ts';

const why = whyNoLoggedDisk();
/** A sample; `npm run soak -- power` has hundreds. */
const cases = [
  { phase: 'backup', remainder: 'torn' },
  { phase: 'backup', remainder: 'instant' },
  { phase: 'forget', remainder: 'lost' },
  { phase: 'prune', remainder: 'torn' },
  { phase: 'prune', remainder: 'lost' },
] as const;

describe.skipIf(why !== undefined)(`a power cut${why ? ` (${why})` : ''}`, () => {
  const place = new PowerPlace();
  afterAll(() => place[Symbol.asyncDispose]());

  it.each(cases)(
    'in $phase, $remainder: what was published before restores, and it goes on',
    async (cut) => {
      const { ok, facts } = await place.run({ ...cut, type: 'ext4', goOn: cut.remainder === 'lost' });
      expect(ok, JSON.stringify(facts)).toBe(true);
    },
    180_000,
  );
});
