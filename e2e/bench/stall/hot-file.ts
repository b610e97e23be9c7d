import { closeSync, mkdirSync, openSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import {
  checkPrefix,
  type OrderedWriter,
  startOrderedWriter,
  type WriterPlan,
} from '../../../electron/helper/quiesce/testing/ordered-writer/index.ts';
import { restic } from '../../headless/restic.ts';
import { type BenchPlace, longestBetween, openBenchPlace } from '../product/bench-place.ts';
import { writeFully } from '../product/write-fully.ts';
import type { BenchPart, PartScale } from './part.ts';

const writers = 4;
const stepsPerSecond = 1_000 / writers;
const blockBytes = 4096;

/** One large file that several writers change at random, judged block by block after restic restored it. */
export async function hotPart({ large }: PartScale): Promise<BenchPart> {
  const bytes = (large ? 1024 : 192) * 1024 * 1024;
  const place = await openBenchPlace({ type: 'ext4', sizeMiB: large ? 2048 : 512 }, (at) => {
    mkdirSync(join(at, 'hot'));
    writeFully(join(at, 'hot', 'scattered-0'), bytes);
  });
  const name = (first: boolean): string => (first ? 'writers that were there first' : 'writers that came later');
  const contender = (first: boolean) => ({
    name: name(first),
    run: () => round(place, bytes / blockBytes, first),
  });
  const target = (first: boolean, figure: string, text: string, atMost: number) => ({
    text: `${name(first)}: ${text}`,
    figure: { of: name(first), figure, stat: 'max' as const },
    atMost,
  });
  return {
    title: `hot: one file of ${bytes} bytes, ${writers} writers, ${writers * stepsPerSecond} writes a second at random`,
    contenders: [contender(false), contender(true)],
    targets: [
      target(false, 'hold ms', 'longest hold, ms', 50),
      target(false, 'bad blocks', 'copies with a bad block', 0),
      target(true, 'bad blocks', 'copies with a bad block', 0),
    ],
    [Symbol.asyncDispose]: () => place[Symbol.asyncDispose](),
  };
}

async function round(place: BenchPlace, blocks: number, first: boolean): Promise<Record<string, number>> {
  const directory = join(place.mountPoint, 'hot');
  // Zeros again: a writer's steps count from the beginning each time.
  writeFully(join(directory, 'scattered-0'), blocks * blockBytes);
  const plans: WriterPlan[] = Array.from({ length: writers }, (_, own) => ({
    ...{ kinds: ['scattered'], files: 1, blocks },
    share: { own, of: writers },
  }));
  // Whoever is there before a helper that knows nothing of the file yet: a descriptor that stays open does for that.
  const fd = first ? openSync(join(directory, 'scattered-0'), 'r+') : -1;
  const running: OrderedWriter[] = [];
  try {
    if (!first) await place.session.backup(place.sourceId);
    for (const plan of plans)
      running.push(await startOrderedWriter({ directory, plan, stepsPerSecond, keepsTimes: true }));
    await Promise.all(running.map((writer) => writer.reached(200)));
    const { result, held, wallMs } = await place.session.backup(place.sourceId);
    const reports = await Promise.all(running.map((writer) => writer.stop()));
    if (result.level !== 'filesystem') {
      process.stderr.write(`not held still: ${result.level}: ${result.warnings[0]?.text ?? result.summary}\n`);
      return { refused: 1, 'bad blocks': 0, 'wall ms': wallMs };
    }
    const waits = reports.map((report) => longestBetween(report, held?.fromMs ?? 0, held?.toMs ?? 0));
    const bad = await badCopies(place, String(result.snapshotId), directory, plans);
    return {
      ...{ refused: 0, 'hold ms': result.stallMs ?? Number.NaN, 'writer ms': Math.max(...waits) },
      ...{ 'bad blocks': bad, 'wall ms': wallMs },
    };
  } finally {
    for (const writer of running) await Promise.resolve(writer[Symbol.asyncDispose]()).catch(() => {});
    if (fd >= 0) closeSync(fd);
    rmSync(`${directory}.outside`, { recursive: true, force: true });
  }
}

/** How many writers' blocks are not exactly their first steps. */
async function badCopies(
  place: BenchPlace,
  snapshotId: string,
  directory: string,
  plans: readonly WriterPlan[],
): Promise<number> {
  const copy = join(place.user.path, 'restored');
  try {
    const restored = await restic(place.user, 'restore', snapshotId, '--target', copy);
    if (restored.code !== 0) throw new Error(restored.text);
    const verdicts = plans.map((plan) => checkPrefix(join(copy, directory), plan));
    for (const { problems } of verdicts) if (problems.length > 0) process.stderr.write(`${problems.join('; ')}\n`);
    return verdicts.filter(({ isPrefix }) => !isPrefix).length;
  } finally {
    rmSync(copy, { recursive: true, force: true });
  }
}
