import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { whyNoLoopFilesystem } from '../../electron/helper/system/testing/loop-filesystem.ts';
import { victims } from './kill/kill-case.ts';
import { type KillPlace, openKillPlace } from './kill/kill-place.ts';

const why = whyNoLoopFilesystem('ext4');
const cases = victims.flatMap((victim) => (['SIGKILL', 'SIGSTOP'] as const).map((signal) => ({ victim, signal })));

describe.skipIf(why !== undefined)(
  `a backup that is ended or stopped while writers are held${why ? ` (${why})` : ''}`,
  () => {
    let place: KillPlace;

    beforeAll(async () => {
      place = await openKillPlace();
    }, 120_000);
    afterAll(() => place[Symbol.asyncDispose]());

    it.each(cases)(
      '$victim $signal: writers go on in time, the repository is whole, the next backup works',
      async (kill) => {
        expect(await place.run({ ...kill, afterMs: null })).toMatchObject({ ok: true });
      },
      120_000,
    );
  },
);
