import { describe, expect, it } from 'vitest';
import { sha256 } from '../crypto/hash.ts';
import { SeededRandom } from '../testing/seeded-random.ts';
import { Chunker } from './chunker.ts';
import { cutLimits } from './cut-finder.ts';
import { deriveGearTable } from './gear-table.ts';

const key = (fill: number) => ({
  encrypt: Buffer.alloc(32, fill),
  macK: Buffer.alloc(16, fill),
  macR: Buffer.alloc(16, fill),
});
const gear = deriveGearTable(key(1), 1);
const noise = new SeededRandom(7).bytes(24 * 1024 * 1024);

/** Lengths of the chunks; `slice` gives the length of each pushed buffer. */
function cut(bytes: Buffer, slice: () => number = () => bytes.length, table: Uint32Array = gear): Buffer[] {
  const chunker = new Chunker(table);
  const chunks: Buffer[] = [];
  for (let from = 0; from < bytes.length; ) {
    const end = Math.min(from + slice(), bytes.length);
    for (const chunk of chunker.push(bytes.subarray(from, end))) chunks.push(Buffer.from(chunk));
    from = end;
  }
  const last = chunker.finish();
  if (last) chunks.push(Buffer.from(last));
  return chunks;
}

const lengths = (chunks: readonly Buffer[]): number[] => chunks.map(({ length }) => length);

describe('the chunker', () => {
  it('loses and adds nothing, within its limits, about 1 MiB each', () => {
    const chunks = cut(noise);
    expect(Buffer.concat(chunks).equals(noise)).toBe(true);
    expect(Math.max(...lengths(chunks))).toBeLessThanOrEqual(cutLimits.max);
    expect(Math.min(...lengths(chunks.slice(0, -1)))).toBeGreaterThanOrEqual(cutLimits.min);
    expect(noise.length / chunks.length).toBeGreaterThan(900_000);
    expect(noise.length / chunks.length).toBeLessThan(1_600_000);
  });

  it('cuts at the same places however the stream is split', () => {
    const whole = lengths(cut(noise));
    const random = new SeededRandom(8);
    expect(lengths(cut(noise, () => 1 + random.int(700_000)))).toEqual(whole);
    expect(lengths(cut(noise, () => 65_536))).toEqual(whole);
    const short = noise.subarray(0, 3 * 1024 * 1024);
    expect(lengths(cut(short, () => 1 + random.int(40)))).toEqual(lengths(cut(short)));
  });

  it('finds the same chunks again after an insertion, a removal and a shift', () => {
    const known = new Set(cut(noise).map(sha256));
    const at = 9_000_000;
    const variants = {
      insertion: Buffer.concat([noise.subarray(0, at), Buffer.from('inserted'), noise.subarray(at)]),
      removal: Buffer.concat([noise.subarray(0, at), noise.subarray(at + 12_345)]),
      shift: Buffer.concat([Buffer.from('?'), noise]),
    };
    for (const [what, variant] of Object.entries(variants)) {
      const unknown = cut(variant).filter((chunk) => !known.has(sha256(chunk)));
      expect(unknown.length, what).toBeLessThanOrEqual(4);
      expect(unknown.length, what).toBeGreaterThan(0);
    }
  });

  it('sees the bytes before the minimum too: a cut may come right after it', () => {
    const window = windowThatCuts();
    const stream = Buffer.concat([Buffer.alloc(cutLimits.min + 1 - window.length, 1), window, noise.subarray(0, 1000)]);
    expect(lengths(cut(stream))).toEqual([cutLimits.min + 1, 1000]);
  });

  it('cuts a long run of one byte at the maximum', () => {
    expect(lengths(cut(Buffer.alloc(20 * 1024 * 1024)))).toEqual([cutLimits.max, cutLimits.max, 4 * 1024 * 1024]);
  });

  it('leaves small streams whole and empty ones without a chunk', () => {
    expect(lengths(cut(noise.subarray(0, cutLimits.min)))).toEqual([cutLimits.min]);
    expect(lengths(cut(Buffer.from('x')))).toEqual([1]);
    expect(cut(Buffer.alloc(0))).toEqual([]);
  });

  it('serves one stream after the other', () => {
    const chunker = new Chunker(gear);
    for (const _ of [1, 2]) {
      const ends = [...chunker.push(noise)].map(({ length }) => length);
      expect([...ends, chunker.finish()?.length]).toEqual(lengths(cut(noise)));
    }
  });

  it('cuts elsewhere with another key, and always alike with the same', () => {
    expect(lengths(cut(noise, undefined, deriveGearTable(key(2), 1)))).not.toEqual(lengths(cut(noise)));
    expect(deriveGearTable(key(1), 1)).toEqual(gear);
    expect(deriveGearTable(key(1), 2)).not.toEqual(gear);
  });

  it('has not changed: stored data would no longer be found again', () => {
    expect([...gear.subarray(0, 4)]).toMatchInlineSnapshot(`
      [
        3772195998,
        2779080179,
        689266031,
        3496718769,
      ]
    `);
    expect(lengths(cut(noise)).slice(0, 6)).toMatchInlineSnapshot(`
      [
        1244148,
        1033803,
        1456721,
        1555486,
        1225278,
        1146255,
      ]
    `);
  });
});

/** 32 bytes after which the hash has 21 zero bits on top. */
function windowThatCuts(): Buffer {
  let hash = 0;
  for (const [at, byte] of noise.entries()) {
    hash = ((hash << 1) + (gear[byte] ?? 0)) | 0;
    if (at > 32 && hash >>> 11 === 0) return noise.subarray(at - 31, at + 1);
  }
  throw new Error('no such window in the noise');
}
