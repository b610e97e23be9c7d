import * as fs from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { sourceIdSchema } from '../../../../shared/domain/ids.ts';
import type { OpenTree } from '../../sources/filesystem/tree.ts';
import { openLoopFilesystem, whyNoLoopFilesystem } from '../../system/testing/loop-filesystem.ts';
import { createJournal } from '../journal/index.ts';
import { RealRun } from '../journal/testing/real-run.ts';
import { examineFolder } from '../testing/examine-folder.ts';
import { startMappedWriter } from '../testing/mapped-writer/index.ts';
import { createTrackers } from '../tracking/index.ts';
import { QuietRecorder, StaticWindows } from './index.ts';

const id = sourceIdSchema.parse('documents');
const missing = whyNoLoopFilesystem('ext4');
/** Of the clocks handed in: a minute passes in half a second. */
const haste = 120;

it.skipIf(missing !== undefined)(
  missing ?? 'sees on a real filesystem when nobody wrote, and claims nothing while somebody has a file mapped',
  async () => {
    await using filesystem = await openLoopFilesystem({ type: 'ext4', sizeMiB: 64 });
    await using scratch = await openLoopFilesystem({ type: 'ext4', sizeMiB: 64 });
    const source = join(filesystem.mountPoint, 'source');
    fs.mkdirSync(source);
    fs.writeFileSync(join(source, 'file'), Buffer.alloc(8192));
    const [startMs, awake0] = [Date.now(), performance.now()];
    const awakeMs = (): number => (performance.now() - awake0) * haste;
    const now = (): number => startMs + awakeMs();
    const windows = new StaticWindows({ directory: join(scratch.mountPoint, 'quiet'), nowMs: now });
    const recorder = new QuietRecorder({ windows, sourcesOf: () => [id], awakeMs, nowMs: now });
    await using journal = createJournal({
      trackers: createTrackers(),
      drainEveryMs: 20,
      now,
      onDrained: (drained, atMs) => recorder.drained(drained, atMs),
    });
    const facts = await examineFolder(source);
    {
      using tree = closing(facts.openTree());
      using loan = journal.lend(facts, tree.rootFd);
      const { tracker, picture } = loan;
      const run = new RealRun({ facts, tree, tracker, picture, meanwhile: () => {} });
      picture.countFrom(null);
      run.walk();
      run.settle(true);
      picture.markVersion(null);
      loan.keep();
    }
    const lastEnd = async (): Promise<number> => (await windows.windowsOf(id)).at(-1)?.toMs ?? 0;
    // A machine that is busy with other things may be late to drain: then nothing is said for a moment.
    const changesSince = (ms: number) =>
      expect.poll(() => recorder.activitySince(facts.spec, ms)?.changes, { timeout: 30_000 });
    const oneGrew = async (from: number): Promise<void> => {
      await expect.poll(lastEnd, { timeout: 60_000 }).toBeGreaterThan(from + 120_000);
    };

    await oneGrew(0);
    const [first] = await windows.windowsOf(id);
    await changesSince(first?.fromMs ?? 0).toBe(0);

    const wroteMs = now();
    fs.appendFileSync(join(source, 'file'), 'more');
    await oneGrew(wroteMs);
    const around = await windows.windowsOf(id);
    expect(around.some(({ fromMs, toMs }) => fromMs <= wroteMs && toMs > wroteMs)).toBe(false);
    await changesSince(wroteMs).toBeGreaterThan(0);
    await changesSince(now()).toBe(0);

    {
      await using writer = await startMappedWriter();
      await writer.map(join(source, 'file'), 8192);
      const mappedMs = now();
      for (const untilMs = now() + 300_000; now() < untilMs; await setTimeout(50)) await writer.store(5000, 7);
      const claimed = (await windows.windowsOf(id)).filter(({ toMs }) => toMs >= mappedMs);
      expect(claimed).toEqual([]);
      expect(recorder.activitySince(facts.spec, wroteMs)).toBeUndefined();
    }
    await oneGrew(now());
  },
  120_000,
);

function closing(tree: OpenTree): OpenTree & Disposable {
  return Object.assign(tree, { [Symbol.dispose]: () => tree.close() });
}
