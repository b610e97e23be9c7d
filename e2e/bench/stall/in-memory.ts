import { join } from 'node:path';
import type { Target } from '../../harness/bench.ts';
import { type BenchPlace, openBenchPlace } from '../product/bench-place.ts';
import { fill } from '../product/fill.ts';
import { ourRound } from './ours.ts';
import type { BenchPart, PartScale } from './part.ts';

const fileBytes = 52 * 1024;
const memory = '/dev/shm';

/** Images in RAM: what the pause is when no disk takes part, for little data and for much. */
export async function memoryPart({ large }: PartScale): Promise<BenchPart> {
  const sizes = large ? [256, 4096] : [64, 512];
  const places: { readonly name: string; readonly place: BenchPlace }[] = [];
  const close = async (): Promise<void> => {
    for (const { place } of places) await place[Symbol.asyncDispose]();
  };
  try {
    for (const sizeMiB of sizes) {
      const files = Math.floor((sizeMiB * 1024 * 1024) / fileBytes);
      const options = { type: 'ext4', sizeMiB: Math.ceil(sizeMiB * 1.4) + 128, dir: memory } as const;
      const place = await openBenchPlace(options, (at) => fill(join(at, 'data'), files, fileBytes));
      places.push({ name: `${sizeMiB} MiB`, place });
    }
  } catch (error) {
    await close();
    throw error;
  }
  const [small, big] = places.map(({ name }) => ({ of: name, figure: 'hold ms', stat: 'median' }) as const);
  if (small === undefined || big === undefined) throw new Error('two sizes are compared');
  const targets: Target[] = [
    { text: `${small.of} in RAM: median hold, ms`, figure: small, atMost: 1.5 },
    { text: `${big.of} in RAM: median hold, ms`, figure: big, atMost: 1.5 },
    { text: `median hold, ${big.of} to ${small.of}`, figure: big, to: small, atMost: 1.5 },
  ];
  return {
    title: `memory: ext4 in ${memory}, files of ${fileBytes} bytes`,
    contenders: places.map(({ name, place }) => ({ name, run: () => ourRound(place) })),
    targets,
    [Symbol.asyncDispose]: close,
  };
}
