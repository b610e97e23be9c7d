import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { whyNoLoopFilesystem } from '../../electron/helper/system/testing/loop-filesystem.ts';
import { type KillPlace, openKillPlace } from './kill/kill-place.ts';

const why = whyNoLoopFilesystem('ext4');
/** A sample; `npm run soak -- kill` has them all. */
const cases = [
  { victim: 'helper', how: 'SIGKILL' },
  { victim: 'guard', how: 'SIGSTOP' },
  { victim: 'helper and guard', how: 'SIGKILL' },
  { victim: 'helper', how: 'memory' },
  { victim: 'helper', how: 'descriptors' },
] as const;

describe.skipIf(why !== undefined)(
  `a backup that is ended or stopped while writers are held${why ? ` (${why})` : ''}`,
  () => {
    let place: KillPlace;

    beforeAll(async () => {
      place = await openKillPlace();
    }, 120_000);
    afterAll(() => place[Symbol.asyncDispose]());

    it.each(cases)(
      '$victim $how: writers go on in time, the repository is whole, the next backup works',
      async (kill) => {
        const { ok, facts } = await place.run({ ...kill, afterMs: null });
        expect(ok, JSON.stringify(facts)).toBe(true);
      },
      120_000,
    );
  },
);
