import { describe, expect, it } from 'vitest';
import { Chunker } from '../chunker/chunker.ts';
import { deriveGearTable } from '../chunker/gear-table.ts';
import { sha256 } from '../crypto/hash.ts';
import { BlobIndex } from '../index/blob-index.ts';
import { SeededRandom } from '../testing/seeded-random.ts';
import { newClaimTable } from './claims.ts';
import { Cruncher } from './cruncher.ts';
import { slabLength } from './slab-pack.ts';

const key = { encrypt: Buffer.alloc(32, 1), macK: Buffer.alloc(16, 2), macR: Buffer.alloc(16, 3) };
const gear = deriveGearTable(key, 1);
const random = new SeededRandom(19);
/** Longer than the memory it is read into, and with a stretch in which only the greatest length cuts. */
const bytes = Buffer.concat([random.bytes(9_000_000), Buffer.alloc(19_000_000), random.bytes(11_000_000)]);

function cruncherOf(file: Buffer): { cruncher: Cruncher; packed: () => number } {
  const packTarget = 4 * 1024 * 1024;
  let packed = 0;
  const slab = Buffer.alloc(slabLength(packTarget));
  const cruncher = new Cruncher({
    settings: {
      ...{ key, gear, version: 2, packTarget, known: new BlobIndex().columns, claims: newClaimTable(1024) },
    },
    // As short as a read may be.
    read: (_fd, into, offset, length, position) =>
      file.copy(into, offset, position, position + Math.min(length, 700_000 + (position % 300_000))),
    takeSlab: () => ({ number: 0, bytes: slab }),
    onPack: (_slab, pack) => {
      packed += pack.blobs.length;
    },
  });
  return { cruncher, packed: () => packed };
}

function idsOf(file: Buffer): string[] {
  const chunker = new Chunker(gear);
  const ids = [...chunker.push(file)].map((chunk) => sha256(chunk));
  const last = chunker.finish();
  return last ? [...ids, sha256(last)] : ids;
}

describe('taking a large file run by run', () => {
  it.each([1, 3_000_000, 16_000_000, 33_000_000, 90_000_000])('cuts as one stream is cut: %i bytes a run', (enough) => {
    const { cruncher, packed } = cruncherOf(bytes);
    const ids: string[] = [];
    let at = 0;
    let isLast = false;
    while (at < bytes.length) {
      expect(isLast).toBe(false);
      const run = cruncher.do({ kind: 'run', fd: 3, start: at, end: bytes.length, enough });
      ids.push(...run.ids);
      isLast = run.length < enough;
      at += run.length;
    }
    cruncher.flush();
    expect(at).toBe(bytes.length);
    expect(ids).toEqual(idsOf(bytes));
    expect(packed()).toBe(new Set(ids).size);
  });

  it('takes what is there of a file that ends before its size says, and nothing behind it', () => {
    const short = bytes.subarray(0, 10_000_000);
    const { cruncher } = cruncherOf(short);
    const run = cruncher.do({ kind: 'run', fd: 3, start: 0, end: bytes.length, enough: bytes.length });
    expect(run.length).toBe(short.length);
    expect(run.ids).toEqual(idsOf(short));
    const behind = cruncher.do({ kind: 'run', fd: 3, start: short.length, end: bytes.length, enough: 1 });
    expect(behind).toMatchObject({ length: 0, ids: [] });
  });
});
