import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type SourceId, sourceIdSchema } from '../../../../shared/domain/ids.ts';
import { filesystemSpec } from '../../../../shared/domain/source.ts';
import type { OpenWriter, OpenWriters } from '../../system/open-writers.ts';
import type { DrainedSource } from '../journal/index.ts';
import { scratchFolder } from '../testing/scratch-folder.ts';
import { QuietRecorder, StaticWindows } from './index.ts';

const id: SourceId = sourceIdSchema.parse('documents');
const start = Date.UTC(2026, 0, 5, 12);
const second = 1_000;
const minute = 60 * second;
const spec = filesystemSpec('/home/ana/Documents');
const first = Symbol('first');

const quiet: OpenWriters = { writers: [], gaps: [], trusted: [] };
const mapping: OpenWriter = {
  ...{ how: 'mapping', inode: 7n, pid: 1, isDirect: false, canWriteLater: false, isCertain: true },
};

function scene(directory: string) {
  let nowMs = start;
  const world = { scans: 0, found: (): OpenWriters | Promise<OpenWriters> => quiet, record: first, hiccupMs: 0 };
  const windows = new StaticWindows({ directory, nowMs: () => nowMs });
  const recorder = new QuietRecorder({
    windows,
    sourcesOf: (of) => (of.path === spec.path ? [id] : []),
    scan: async () => {
      world.scans += 1;
      return world.found();
    },
    awakeMs: () => nowMs - start - world.hiccupMs,
    nowMs: () => nowMs,
  });
  /** The journal's drains, one every two seconds, and whatever the recorder does about them. */
  const drains = async (forMs: number, told: Partial<DrainedSource> = {}): Promise<void> => {
    for (const until = nowMs + forMs; nowMs < until; nowMs += 2 * second) {
      const once = nowMs + 2 * second >= until ? told : {};
      const source = { spec, changes: 0, doubt: null, record: world.record, device: '8:1' };
      recorder.drained({ ...source, holds: (inode) => inode === 7n, ...once }, nowMs);
      await settled();
    }
  };
  const ofStart = async (): Promise<number[][]> =>
    (await windows.windowsOf(id)).map(({ fromMs, toMs }) => [(fromMs - start) / minute, (toMs - start) / minute]);
  const since = (afterMs: number) => recorder.activitySince(spec, start + afterMs);
  return { directory, world, recorder, windows, drains, ofStart, since, at: () => nowMs - start };
}

const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
const inScene = (test: (scene: ReturnType<typeof newScene>) => Promise<void>) => async (): Promise<void> => {
  using folder = scratchFolder('quiet-recorder');
  await test(scene(join(folder.path, 'quiet')));
};
const newScene = scene;

describe('looks at quiet', () => {
  it(
    'are made once a minute, and make a window up to the last of them',
    inScene(async ({ world, drains, ofStart }) => {
      await drains(5 * minute);
      expect(world.scans).toBe(5);
      expect(await ofStart()).toEqual([[0, 4]]);
    }),
  );

  it(
    'end a window with the look before a change, and begin one with the look after',
    inScene(async ({ drains, ofStart }) => {
      await drains(2.5 * minute, { changes: 1 });
      await drains(3 * minute);
      expect(await ofStart()).toEqual([
        [0, 2],
        [3, 5],
      ]);
    }),
  );

  it.each([
    ['somebody has a file mapped', async () => ({ ...quiet, writers: [mapping] })],
    [
      'somebody writes later',
      async () => ({ ...quiet, writers: [{ ...mapping, how: 'descriptor', canWriteLater: true }] }),
    ],
    [
      'somebody has a file open, who may map it',
      async () => ({ ...quiet, writers: [{ ...mapping, how: 'descriptor' }] }),
    ],
    ['a loop device stands on a file', async () => ({ ...quiet, writers: [{ ...mapping, how: 'loop-device' }] })],
    ['not everybody could be seen', async () => ({ ...quiet, gaps: ['One program could not be looked at.'] })],
    ['nobody could be seen', async () => Promise.reject(new Error('no /proc'))],
  ] as [string, () => Promise<OpenWriters>][])('claim nothing while %s', async (_why, found) => {
    await inScene(async ({ world, drains, ofStart, since, at }) => {
      await drains(3 * minute);
      world.found = found;
      await drains(4 * minute);
      expect(await ofStart()).toEqual([[0, 2]]);
      expect(since(minute)).toBeUndefined();
      world.found = () => quiet;
      const from = at();
      await drains(3 * minute);
      expect((await ofStart()).at(-1)).toEqual([from / minute, from / minute + 2]);
    })();
  });

  it.each([
    ['a swap file, which means nothing to anybody else', { ...mapping, how: 'swap' }],
    ['a file of somebody else', { ...mapping, inode: 8n }],
  ] as [string, OpenWriter][])('are not disturbed by %s', async (_what, writer) => {
    await inScene(async ({ world, drains, ofStart }) => {
      world.found = () => ({ ...quiet, writers: [writer] });
      await drains(3 * minute);
      expect(await ofStart()).toEqual([[0, 2]]);
    })();
  });

  it(
    'look again where something was on its way',
    inScene(async ({ world, drains, ofStart }) => {
      world.found = () => (world.scans % 3 === 0 ? quiet : { ...quiet, gaps: ['1 open file is on its way.'] });
      await drains(3 * minute);
      expect(await ofStart()).toEqual([[0, 2]]);
    }),
  );

  it.each([
    ['changes may have been missed', async ({ drains }) => drains(2 * second, { doubt: 'The queue was full.' })],
    [
      'another picture was begun',
      async ({ world }) => {
        world.record = Symbol('another');
      },
    ],
    [
      'the system slept',
      async ({ world }) => {
        world.hiccupMs = 10 * second;
      },
    ],
  ] as [string, (scene: ReturnType<typeof newScene>) => Promise<void>][])(
    'do not reach across it when %s',
    (_why, disturb) =>
      inScene(async (made) => {
        await made.drains(3 * minute);
        await disturb(made);
        await made.drains(3 * minute);
        const windows = await made.ofStart();
        expect(windows[0]).toEqual([0, 2]);
        expect(windows[1]?.[0]).toBeGreaterThan(2);
      })(),
  );

  it(
    'are not made, and nothing is written, while something may be held',
    inScene(async ({ world, recorder, drains }) => {
      let finish = (): void => {};
      const held = recorder.during(() => new Promise<void>((resolve) => (finish = resolve)));
      await drains(10 * minute);
      expect(world.scans).toBe(0);
      finish();
      await held;
      await drains(2 * second);
      expect(world.scans).toBe(1);
    }),
  );

  it(
    'are written down every few minutes, for whoever comes after',
    inScene(async ({ directory, drains }) => {
      await drains(12 * minute);
      const known = (): StaticWindows => new StaticWindows({ directory, nowMs: () => start + 20 * minute });
      const untilMs = async (): Promise<number> => (await known().windowsOf(id)).at(-1)?.toMs ?? 0;
      await expect.poll(untilMs).toBeGreaterThanOrEqual(start + 10 * minute);
      expect(await known().windowsOf(id)).toMatchObject([{ fromMs: start }]);
    }),
  );
});

describe('what changed since an instant', () => {
  it(
    'is known from the record, to the drain that told of it',
    inScene(async ({ drains, since }) => {
      await drains(3 * minute, { changes: 4 });
      expect(since(minute)).toEqual({ changes: 4, newestMs: start + 3 * minute - 2 * second });
      expect(since(3 * minute)).toEqual({ changes: 0, newestMs: null });
      await drains(2 * minute);
      expect(since(3 * minute)).toEqual({ changes: 0, newestMs: null });
      expect(since(-1)).toBeUndefined();
    }),
  );

  it(
    'is not known right after a doubt, and of a source that is not followed any more',
    inScene(async ({ drains, since, recorder, world }) => {
      expect(since(0)).toBeUndefined();
      await drains(minute + 6 * second, { doubt: 'The queue was full.' });
      expect(since(minute)).toBeUndefined();
      await drains(2 * minute);
      expect(since(2 * minute)).toEqual({ changes: 0, newestMs: null });
      expect(recorder.activitySince({ ...spec, ignoreLines: ['*.iso'] }, start + 2 * minute)).toBeUndefined();
      world.record = Symbol('another');
      await drains(2 * second);
      expect(since(2 * minute)).toBeUndefined();
    }),
  );

  it(
    'is not what it was a while ago',
    inScene(async ({ drains, recorder, windows }) => {
      await drains(minute);
      const late = new QuietRecorder({
        windows,
        sourcesOf: () => [],
        scan: async () => quiet,
        nowMs: () => start + minute,
      });
      late.drained({ spec, changes: 0, doubt: null, record: first, device: '8:1', holds: () => false }, start);
      await settled();
      expect(late.activitySince(spec, start)).toBeUndefined();
      expect(recorder.activitySince(spec, start)).toEqual({ changes: 0, newestMs: null });
    }),
  );
});
