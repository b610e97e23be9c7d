import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  type Crowd,
  type CrowdPlan,
  judgeCrowd,
  startCrowd,
} from '../../../electron/helper/quiesce/hot-files/testing/crowd.ts';
import { blockBytes, fillFile } from '../../../electron/helper/quiesce/hot-files/testing/filler.ts';
import type { SessionBackup } from '../../harness/helper-session.ts';
import { restic } from '../../headless/restic.ts';
import { type BenchPlace, openBenchPlace } from '../product/bench-place.ts';
import { idleFreezes } from '../product/idle-freeze.ts';
import type { BenchPart, PartScale } from './part.ts';

const mib = 1024 * 1024;
const writers = 4;
const writesPerSecond = 1_000 / writers;
/** Longer than the helper takes to notice that nobody has the file open. */
const restartMs = 8_000;
/**
 * What is measured is how long it takes, not how often it is refused; but too little for the file to be read meanwhile. One
 * overrun on a busy machine would keep the filesystem from being held for ten minutes.
 */
const longestStallMs = 1_000;
/** Too large to be read while writers wait, and met in a moment. */
const metBytes = 96 * mib;
/** That a file is refused has nothing to do with its size. */
const earlyBytes = 192 * mib;
/** Rounds of a gigabyte take their time, most of it for looking at the copies. */
const mostMs = { large: 600_000, small: 60_000 } as const;
const wanted = 'writers that came later';
const inMemory = 'writers that came later, image in RAM';
const early = 'writers that were there first';

/**
 * One large file that several processes write to at random, all the time. Each copy is restored by restic and judged block
 * by block: every block whole, of one instant, and the writers in each other's order. Each place has its own helper, which
 * goes on; so do the writers. Beside it, in turns, what a freeze of that filesystem costs when nobody writes.
 */
export async function hotPart({ large }: PartScale): Promise<BenchPart> {
  const bytes = (large ? 1024 : 192) * mib;
  const sizeMiB = large ? 2048 : 512;
  await using opened = new AsyncDisposableStack();
  const later = opened.use(await openHotPlace(wanted, bytes, { sizeMiB }));
  const inRam = opened.use(await openHotPlace(inMemory, bytes, { sizeMiB, dir: '/dev/shm' }));
  const first = opened.use(await openHotPlace(early, earlyBytes, { sizeMiB: 512 }));
  const idle = opened.use(await openBenchPlace({ type: 'ext4', sizeMiB: 128 }, () => {}));
  const idleInRam = opened.use(await openBenchPlace({ type: 'ext4', sizeMiB: 128, dir: '/dev/shm' }, () => {}));
  const ended = opened.move();
  const target = (name: string, figure: string, text: string, atMost: number) => ({
    text: `${name}: ${text}`,
    figure: { of: name, figure, stat: 'max' as const },
    atMost,
  });
  const targetsOf = (name: string) => [
    { text: `${name}: median hold, ms`, figure: { of: name, figure: 'hold ms', stat: 'median' as const }, atMost: 50 },
    target(name, 'hold ms', 'longest hold, ms', 50),
    target(name, 'refused', 'copies that were refused', 0),
    target(name, 'bad copies', 'copies with a bad block', 0),
    // Once, and what belongs to it.
    target(name, 'stored MiB', 'most that was stored by a backup, MiB', Math.ceil((bytes / mib) * 1.02)),
  ];
  const idles = (name: string, { mountPoint }: BenchPlace, expedited: boolean) => ({
    name,
    run: async () => ({ 'hold ms': await idleFreezes(mountPoint, 3, expedited) }),
  });
  return {
    title: `hot: one file of ${bytes} bytes, ${writers} writers, ${writers * writesPerSecond} writes a second at random`,
    contenders: [
      { name: wanted, run: () => later.roundOfLater() },
      { name: inMemory, run: () => inRam.roundOfLater() },
      { name: early, every: 3, run: () => first.roundOfEarly() },
      idles('idle', idle, false),
      idles('idle, expedited RCU', idle, true),
      idles('idle, expedited RCU, image in RAM', idleInRam, true),
    ],
    targets: [...targetsOf(wanted), ...targetsOf(inMemory), target(early, 'bad copies', 'copies with a bad block', 0)],
    mostMs: large ? mostMs.large : mostMs.small,
    [Symbol.asyncDispose]: () => ended.disposeAsync(),
  };
}

async function openHotPlace(
  name: string,
  bytes: number,
  where: { readonly sizeMiB: number; readonly dir?: string },
): Promise<HotPlace> {
  const make = (at: string): void => {
    mkdirSync(join(at, 'hot'));
    fillFile(join(at, 'hot', 'image'), Math.min(bytes, metBytes) / blockBytes);
  };
  const place = await openBenchPlace({ type: 'ext4', ...where }, make, ['--longest-stall', String(longestStallMs)]);
  return new HotPlace(name, place, bytes / blockBytes);
}

class HotPlace implements AsyncDisposable {
  readonly #name: string;
  readonly #place: BenchPlace;
  readonly #plan: CrowdPlan;
  #crowd: Crowd | undefined;

  constructor(name: string, place: BenchPlace, blocks: number) {
    this.#name = name;
    this.#place = place;
    const path = join(place.mountPoint, 'hot', 'image');
    this.#plan = { path, blocks, writers, writesPerSecond, way: 'plain', isFilled: true };
  }

  /** Writers that are as if started anew after the helper had met the file: a service that was restarted once. */
  async roundOfLater(): Promise<Record<string, number>> {
    if (this.#crowd === undefined) {
      {
        // Enough to be met with the file open; what it costs to meet it is not measured.
        await using _met = await this.#start(1, metBytes / blockBytes);
        await this.#place.session.backup(this.#place.sourceId);
      }
      await sleep(restartMs);
      this.#crowd = await this.#start();
    }
    return this.#judged(this.#crowd);
  }

  /** Writers that had it open before the helper knew of the file, and never let go. */
  async roundOfEarly(): Promise<Record<string, number>> {
    this.#crowd ??= await this.#start();
    return this.#judged(this.#crowd);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#crowd?.[Symbol.asyncDispose]();
    await this.#place[Symbol.asyncDispose]();
  }

  /** From the beginning: what was written before is not part of the order. */
  async #start(rate = writesPerSecond, mostBlocks = this.#plan.blocks): Promise<Crowd> {
    const blocks = Math.min(this.#plan.blocks, mostBlocks);
    fillFile(this.#plan.path, blocks);
    const crowd = await startCrowd({ ...this.#plan, blocks, writesPerSecond: rate });
    await sleep(500);
    return crowd;
  }

  async #judged(crowd: Crowd): Promise<Record<string, number>> {
    const { session, sourceId } = this.#place;
    crowd.slowestMs();
    const backup = await session.backup(sourceId);
    const { result, wallMs } = backup;
    const slowestMs = crowd.slowestMs();
    const common = { 'slowest write ms': slowestMs, 'wall ms': wallMs, 'stored MiB': result.newBytes / mib };
    const isRefused = result.level !== 'filesystem' || !isCopiedBeforeAndAfter(backup);
    if (isRefused) process.stderr.write(`${this.#name}: not copied first and held still: ${whyNot(backup)}\n`);
    // Whichever way it was taken: what is called held must be of one instant.
    const bad = result.level === 'filesystem' ? await this.#badCopies(String(result.snapshotId)) : 0;
    const stalls = { 'hold ms': result.stallMs ?? Number.NaN, ...phasesOf(backup) };
    return { refused: isRefused ? 1 : 0, 'bad copies': bad, ...common, ...(isRefused ? {} : stalls) };
  }

  /** 0 or 1. */
  async #badCopies(snapshotId: string): Promise<number> {
    const { user } = this.#place;
    const copy = join(user.path, 'restored');
    try {
      const restored = await restic(user, 'restore', snapshotId, '--target', copy);
      if (restored.code !== 0) throw new Error(restored.text);
      const { bad, held } = judgeCrowd(readFileSync(join(copy, this.#plan.path)), this.#plan);
      if (bad.length > 0) process.stderr.write(`${this.#name}: ${bad.slice(0, 5).join('; ')}\n`);
      if (held === 0) throw new Error('nobody had written anything');
      return bad.length > 0 ? 1 : 0;
    } finally {
      rmSync(copy, { recursive: true, force: true });
    }
  }
}

/** Not where everything was copied while writers waited, which is correct, too, and not what is measured here. */
function isCopiedBeforeAndAfter({ events }: SessionBackup): boolean {
  const held = events.findLastIndex(({ type }) => type === 'held');
  return events.slice(held + 1).some((event) => event.type === 'phase-finished' && event.phase === 'rescan');
}

/** What the hold consists of: the kernel's freeze, what was done inside, the kernel's thaw. */
function phasesOf({ events }: SessionBackup): Record<string, number> {
  const ofHold = new Map<string, number>();
  for (const event of events)
    if (event.type === 'phase-finished' && ['freeze', 'delta', 'thaw'].includes(event.phase))
      ofHold.set(`${event.phase} ms`, event.durationMs);
  return Object.fromEntries(ofHold);
}

function whyNot({ result, events }: SessionBackup): string {
  const notes = events.flatMap((event) => (event.type === 'note' ? [event.text] : []));
  return [result.level, result.summary, ...result.warnings.map(({ text }) => text), ...notes].join(' | ').slice(0, 800);
}
