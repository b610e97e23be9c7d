import { closeSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { WriterPlan, WriterReport } from '../../../electron/helper/quiesce/testing/ordered-writer/index.ts';
import { syncFilesystem } from '../../../electron/helper/system/sync.ts';
import type { Target } from '../../harness/bench.ts';
import { type BenchPlace, openBenchPlace, underLoad } from '../product/bench-place.ts';
import { change, fill } from '../product/fill.ts';
import type { BenchPart, PartScale } from './part.ts';

const plan: WriterPlan = { kinds: ['synced'], files: 1, blocks: 256 };
const stepsPerSecond = 200;
const fileBytes = 256 * 1024;
const aloneMs = 4_000;
/** What a policy may be given where others must not notice. */
const limitMiBps = 20;

const limitedName = `at ${limitMiBps} MiB a second`;

/** A writer that flushes every step: how long its steps take while everything is read live, and without a backup. */
export async function fsyncPart({ large }: PartScale): Promise<BenchPart> {
  const files = large ? 4_000 : 1_200;
  const open = (settings: readonly string[]): Promise<BenchPlace> =>
    openBenchPlace(
      { type: 'ext4', sizeMiB: large ? 3072 : 1024 },
      (at) => fill(join(at, 'data'), files, fileBytes),
      settings,
    );
  const place = await open([]);
  const limited = await open(['--read-limit', String(limitMiBps)]);
  /** All is new for the next backup, and on the disk. */
  const changeAll = async ({ mountPoint }: BenchPlace): Promise<void> => {
    change(join(mountPoint, 'data'), files, fileBytes, 1);
    const fd = openSync(mountPoint, 'r');
    await syncFilesystem(fd);
    closeSync(fd);
  };
  const load = { plan, stepsPerSecond };
  const duringPasses = async (at: BenchPlace) => {
    await changeAll(at);
    const { value, report } = await underLoad(at.mountPoint, load, () => at.backup());
    const instantOf = (type: 'phase-started' | 'phase-finished'): number => {
      const event = value.events.find((each) => each.type === type && each.phase === 'precopy');
      if (event === undefined) throw new Error('nothing was read live');
      return Date.parse(event.at);
    };
    const [from, to] = [instantOf('phase-started'), instantOf('phase-finished')];
    return {
      'step ms': stepsBetween(report, from, to),
      // What is flushed right before writers are held is flushed for them too: told, and not judged by this.
      'step until held ms': stepsBetween(report, to, value.held?.fromMs ?? to),
      'live ms': to - from,
      'hold ms': value.result.stallMs ?? Number.NaN,
    };
  };
  const target = (name: string): Target => ({
    text: `p99 of steps that flush, ${name} to without a backup`,
    figure: { of: name, figure: 'step ms', stat: 'p99' },
    to: { of: 'without a backup', figure: 'step ms', stat: 'p99' },
    atMost: 2,
  });
  return {
    title: `fsync: ${files} files of ${fileBytes} bytes, all new each time, ext4 on disk`,
    contenders: [
      {
        name: 'without a backup',
        run: async () => {
          await changeAll(place);
          const { value, report } = await underLoad(place.mountPoint, load, async () => {
            const from = performance.timeOrigin + performance.now();
            await sleep(aloneMs);
            return from;
          });
          return { 'step ms': stepsBetween(report, value, value + aloneMs) };
        },
      },
      { name: 'during live passes', run: () => duringPasses(place) },
      { name: limitedName, run: () => duringPasses(limited) },
    ],
    targets: [target('during live passes'), target(limitedName)],
    [Symbol.asyncDispose]: async () => {
      await limited[Symbol.asyncDispose]();
      await place[Symbol.asyncDispose]();
    },
  };
}

function stepsBetween({ times = [] }: WriterReport, fromMs: number, toMs: number): number[] {
  return times.filter(([at]) => at >= fromMs && at < toMs).map(([, ms]) => ms);
}
