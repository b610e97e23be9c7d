import { describe, expect, it } from 'vitest';
import { SeededRandom } from '../testing/seeded-random.ts';
import { CutFinder, type CutLimits } from './cut-finder.ts';
import { newGearScan } from './gear-scan.ts';

const random = new SeededRandom(77);
const gear = new Uint32Array(random.bytes(1024).buffer.slice(0, 1024));
const windowBytes = 3_000_000;

function cutsOf(finder: CutFinder, bytes: Uint8Array, pieces: readonly number[]): number[] {
  const cuts: number[] = [];
  let from = 0;
  for (const end of [...pieces, bytes.length]) {
    for (;;) {
      const cut = finder.next(bytes.subarray(0, end), from);
      from = cut < 0 ? end : cut;
      if (cut < 0) break;
      cuts.push(cut);
    }
  }
  finder.reset();
  return cuts;
}

describe('the fast loop of the cut finder', () => {
  const scan = newGearScan(gear, windowBytes);

  it.each<{ what: string; limits: CutLimits }>([
    { what: 'mostly where the content says so', limits: { min: 64, normal: 300, max: 2_000_000 } },
    { what: 'mostly by their length', limits: { min: 33, normal: 34, max: 10_000 } },
    { what: 'with a long part where cuts are unlikely', limits: { min: 32, normal: 500_000, max: 700_000 } },
  ])('cuts as the other does: $what', ({ limits }) => {
    for (let round = 0; round < 6; round += 1) {
      const bytes = random.bytes(windowBytes - random.int(windowBytes / 3));
      // Runs of one byte too: zeros are what sparse files are made of.
      if (round % 4 === 0) bytes.fill(0, 0, Math.floor(bytes.length / 2));
      scan.window.set(bytes);
      const pieces = [0.1, 0.11, 0.5, 0.73].map((part) => Math.floor(bytes.length * part));
      const plain = cutsOf(new CutFinder(gear, limits), bytes, pieces);
      expect(plain.length).toBeGreaterThan(2);
      expect(cutsOf(new CutFinder(gear, limits, scan), scan.window.subarray(0, bytes.length), pieces)).toEqual(plain);
    }
  });
});
