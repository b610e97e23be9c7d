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

const writers = 4;
const writesPerSecond = 1_000 / writers;
/** Longer than the helper takes to notice that nobody has the file open. */
const restartMs = 8_000;
/**
 * What is measured is how long it takes, not how often it is refused; but too little for the file to be read meanwhile. One
 * overrun on a busy machine would keep the filesystem from being held for ten minutes.
 */
const longestStallMs = 1_000;
const wanted = 'writers that came later';
const early = 'writers that were there first';

/**
 * One large file that several processes write to at random, all the time. Each copy is restored by restic and judged block
 * by block: every block whole, of one instant, and the writers in each other's order. Each place has its own helper, which
 * goes on; so do the writers. Beside it, in turns, what a freeze of that filesystem costs when nobody writes.
 */
export async function hotPart({ large }: PartScale): Promise<BenchPart> {
  const bytes = (large ? 1024 : 192) * 1024 * 1024;
  const sizeMiB = large ? 2048 : 512;
  await using opened = new AsyncDisposableStack();
  const later = opened.use(await openHotPlace(bytes, sizeMiB));
  const first = opened.use(await openHotPlace(bytes, sizeMiB));
  const idle = opened.use(await openBenchPlace({ type: 'ext4', sizeMiB: 128 }, () => {}));
  const ended = opened.move();
  const target = (name: string, figure: string, text: string, atMost: number) => ({
    text: `${name}: ${text}`,
    figure: { of: name, figure, stat: 'max' as const },
    atMost,
  });
  const hold = (stat: 'median' | 'max') => ({ of: wanted, figure: 'hold ms', stat });
  return {
    title: `hot: one file of ${bytes} bytes, ${writers} writers, ${writers * writesPerSecond} writes a second at random`,
    contenders: [
      { name: wanted, run: () => later.roundOfLater() },
      { name: early, every: 3, run: () => first.roundOfEarly() },
      { name: 'idle', run: async () => ({ 'hold ms': await idleFreezes(idle.mountPoint, 3, false) }) },
      {
        name: 'idle, expedited RCU',
        run: async () => ({ 'hold ms': await idleFreezes(idle.mountPoint, 3, true) }),
      },
    ],
    targets: [
      { text: `${wanted}: median hold, ms`, figure: hold('median'), atMost: 50 },
      { text: `${wanted}: longest hold, ms`, figure: hold('max'), atMost: 50 },
      target(wanted, 'refused', 'copies that were refused', 0),
      target(wanted, 'bad copies', 'copies with a bad block', 0),
      target(early, 'bad copies', 'copies with a bad block', 0),
    ],
    [Symbol.asyncDispose]: () => ended.disposeAsync(),
  };
}

async function openHotPlace(bytes: number, sizeMiB: number): Promise<HotPlace> {
  const make = (at: string): void => {
    mkdirSync(join(at, 'hot'));
    fillFile(join(at, 'hot', 'image'), bytes / blockBytes);
  };
  const place = await openBenchPlace({ type: 'ext4', sizeMiB }, make, ['--longest-stall', String(longestStallMs)]);
  return new HotPlace(place, bytes / blockBytes);
}

class HotPlace implements AsyncDisposable {
  readonly #place: BenchPlace;
  readonly #plan: CrowdPlan;
  #crowd: Crowd | undefined;

  constructor(place: BenchPlace, blocks: number) {
    this.#place = place;
    const path = join(place.mountPoint, 'hot', 'image');
    this.#plan = { path, blocks, writers, writesPerSecond, way: 'plain', isFilled: true };
  }

  /** Writers that are as if started anew after the helper had met the file: a service that was restarted once. */
  async roundOfLater(): Promise<Record<string, number>> {
    if (this.#crowd === undefined) {
      {
        // Enough to be met with the file open; what it costs to meet it is not measured.
        await using _met = await this.#start(1);
        await this.#place.session.backup(this.#place.sourceId);
      }
      await sleep(restartMs);
      this.#crowd = await this.#start();
    }
    return this.#judged(wanted, this.#crowd);
  }

  /** Writers that had it open before the helper knew of the file, and never let go. */
  async roundOfEarly(): Promise<Record<string, number>> {
    this.#crowd ??= await this.#start();
    return this.#judged(early, this.#crowd);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#crowd?.[Symbol.asyncDispose]();
    await this.#place[Symbol.asyncDispose]();
  }

  /** From the beginning: what was written before is not part of the order. */
  async #start(rate = writesPerSecond): Promise<Crowd> {
    fillFile(this.#plan.path, this.#plan.blocks);
    const crowd = await startCrowd({ ...this.#plan, writesPerSecond: rate });
    await sleep(500);
    return crowd;
  }

  async #judged(who: string, crowd: Crowd): Promise<Record<string, number>> {
    const { session, sourceId, user } = this.#place;
    crowd.slowestMs();
    const backup = await session.backup(sourceId);
    const { result, wallMs } = backup;
    const slowestMs = crowd.slowestMs();
    const common = { 'slowest write ms': slowestMs, 'wall ms': wallMs };
    if (result.level !== 'filesystem' || !isCopiedBeforeAndAfter(backup)) {
      process.stderr.write(`${who}: not copied first and held still: ${whyNot(backup)}\n`);
      return { refused: 1, 'bad copies': 0, ...common };
    }
    const copy = join(user.path, 'restored');
    try {
      const restored = await restic(user, 'restore', String(result.snapshotId), '--target', copy);
      if (restored.code !== 0) throw new Error(restored.text);
      const { bad, held } = judgeCrowd(readFileSync(join(copy, this.#plan.path)), this.#plan);
      if (bad.length > 0) process.stderr.write(`${who}: ${bad.slice(0, 5).join('; ')}\n`);
      if (held === 0) throw new Error('nobody had written anything');
      const stalls = { 'hold ms': result.stallMs ?? Number.NaN, ...phasesOf(backup) };
      return { refused: 0, 'bad copies': bad.length > 0 ? 1 : 0, ...stalls, ...common };
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
