import { join } from 'node:path';
import type { Contender, Target } from '../../harness/bench.ts';
import { type BenchPlace, longestBetween, openBenchPlace, underLoad } from '../product/bench-place.ts';
import { fill } from '../product/fill.ts';
import { idleFreezes } from '../product/idle-freeze.ts';
import { textbook } from '../product/textbook.ts';
import { ourRound, plan, stepsPerSecond } from './ours.ts';
import type { BenchPart, PartScale } from './part.ts';

const types = ['ext4', 'xfs'] as const;

/** The textbook way, ours and an idle freeze on the same filesystem, image on disk. */
export async function heldPart({ large, rounds }: PartScale & { readonly rounds: number }): Promise<BenchPart> {
  const files = large ? 20_000 : 3_000;
  const fileBytes = large ? 53 * 1024 : 40 * 1024;
  const places: BenchPlace[] = [];
  const close = async (): Promise<void> => {
    for (const place of places) await place[Symbol.asyncDispose]();
  };
  try {
    for (const type of types)
      places.push(
        await openBenchPlace({ type, sizeMiB: large ? 3072 : 768 }, (at) => fill(join(at, 'data'), files, fileBytes)),
      );
  } catch (error) {
    await close();
    throw error;
  }
  const title = `held: ${files} files of ${fileBytes} bytes, ${stepsPerSecond} ordered steps a second, images on disk`;
  const contenders = places.flatMap((place) => contendersOf(place, Math.max(1, Math.floor(rounds / 6))));
  return { title, contenders, targets: types.flatMap(targetsOf), [Symbol.asyncDispose]: close };
}

function contendersOf(place: BenchPlace, textbookEvery: number): Contender[] {
  const { type } = place.filesystem;
  const copy = join(place.user.path, 'textbook');
  return [
    {
      name: `textbook ${type}`,
      every: textbookEvery,
      run: async () => {
        const load = { plan, stepsPerSecond };
        const { value, report } = await underLoad(place.mountPoint, load, () => textbook(place.mountPoint, copy));
        const { fromMs, toMs } = value;
        return { 'hold ms': toMs - fromMs, 'writer ms': longestBetween(report, fromMs, toMs) };
      },
    },
    { name: `stillpoint ${type}`, run: () => ourRound(place) },
    { name: `idle ${type}`, run: async () => ({ 'hold ms': await idleFreezes(place.mountPoint, 3, false) }) },
    {
      name: `idle, expedited RCU ${type}`,
      run: async () => ({ 'hold ms': await idleFreezes(place.mountPoint, 3, true) }),
    },
  ];
}

function targetsOf(type: string): Target[] {
  const ours = `stillpoint ${type}`;
  return [
    {
      text: `${type}: the writer's wait, median, ours to the textbook's`,
      figure: { of: ours, figure: 'writer ms', stat: 'median' },
      to: { of: `textbook ${type}`, figure: 'writer ms', stat: 'median' },
      atMost: 0.01,
    },
    {
      text: `${type}: the hold, p95, ours to an idle freeze and thaw`,
      figure: { of: ours, figure: 'hold ms', stat: 'p95' },
      to: { of: `idle ${type}`, figure: 'hold ms', stat: 'p95' },
      atMost: 2,
    },
  ];
}
