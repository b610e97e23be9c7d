import { closeSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { WriterPlan, WriterReport } from '../../../electron/helper/quiesce/testing/ordered-writer/index.ts';
import { syncFilesystem } from '../../../electron/helper/system/sync.ts';
import { openBenchPlace, underLoad } from '../product/bench-place.ts';
import { change, fill } from '../product/fill.ts';
import type { BenchPart, PartScale } from './part.ts';

const plan: WriterPlan = { kinds: ['synced'], files: 1, blocks: 256 };
const stepsPerSecond = 200;
const fileBytes = 256 * 1024;
const aloneMs = 4_000;

/** A writer that flushes every step: how long its steps take while everything is read live, and without a backup. */
export async function fsyncPart({ large }: PartScale): Promise<BenchPart> {
  const files = large ? 4_000 : 1_200;
  const place = await openBenchPlace({ type: 'ext4', sizeMiB: large ? 3072 : 1024 }, (at) =>
    fill(join(at, 'data'), files, fileBytes),
  );
  /** All is new for the next backup, and on the disk. */
  const changeAll = async (): Promise<void> => {
    change(join(place.mountPoint, 'data'), files, fileBytes, 1);
    const fd = openSync(place.mountPoint, 'r');
    await syncFilesystem(fd);
    closeSync(fd);
  };
  const load = { plan, stepsPerSecond };
  return {
    title: `fsync: ${files} files of ${fileBytes} bytes, all new each time, ext4 on disk`,
    contenders: [
      {
        name: 'without a backup',
        run: async () => {
          await changeAll();
          const { value, report } = await underLoad(place.mountPoint, load, async () => {
            const from = performance.timeOrigin + performance.now();
            await sleep(aloneMs);
            return from;
          });
          return { 'step ms': stepsBetween(report, value, value + aloneMs) };
        },
      },
      {
        name: 'during live passes',
        run: async () => {
          await changeAll();
          const { value, report } = await underLoad(place.mountPoint, load, () => place.backup());
          const precopy = value.events.find((event) => event.type === 'phase-started' && event.phase === 'precopy');
          if (precopy === undefined || value.held === null) throw new Error('nothing was read live');
          const from = Date.parse(precopy.at);
          return {
            'step ms': stepsBetween(report, from, value.held.fromMs),
            'live ms': value.held.fromMs - from,
            'hold ms': value.result.stallMs ?? Number.NaN,
          };
        },
      },
    ],
    targets: [
      {
        text: 'p99 of steps that flush, during live passes to without a backup',
        figure: { of: 'during live passes', figure: 'step ms', stat: 'p99' },
        to: { of: 'without a backup', figure: 'step ms', stat: 'p99' },
        atMost: 2,
      },
    ],
    [Symbol.asyncDispose]: () => place[Symbol.asyncDispose](),
  };
}

function stepsBetween({ times = [] }: WriterReport, fromMs: number, toMs: number): number[] {
  return times.filter(([at]) => at >= fromMs && at < toMs).map(([, ms]) => ms);
}
