import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { PackId } from '../format/ids.ts';
import { BlobIndex, isListed } from '../index/blob-index.ts';
import { Claims, newClaimTable } from './claims.ts';

describe('claims', () => {
  it('gives each id to one alone, in every table it knows', () => {
    const table = newClaimTable(1024);
    const [one, other] = [new Claims(), new Claims()];
    one.add(table);
    other.add(table);
    const ids = Array.from({ length: 400 }, () => randomBytes(32));
    expect(ids.filter((id) => one.claim(id)).length).toBe(400);
    expect(ids.some((id) => other.claim(id))).toBe(false);
    const next = newClaimTable(2048);
    one.add(next);
    other.add(next);
    expect(ids.some((id) => one.claim(id) || other.claim(id))).toBe(false);
    const more = randomBytes(32);
    expect([other.claim(more), one.claim(more)]).toEqual([true, false]);
  });

  it('never calls an id claimed that differs in a single bit, and lets everybody store where it is full', () => {
    const claims = new Claims();
    claims.add(newClaimTable(16));
    const id = randomBytes(32);
    expect(claims.claim(id)).toBe(true);
    for (let bit = 0; bit < 256; bit += 1) {
      const near = Buffer.from(id);
      near[bit >> 3] = (near[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      expect(claims.claim(near)).toBe(true);
      expect(claims.claim(id)).toBe(false);
    }
    expect(claims.claim(randomBytes(32))).toBe(true);
  });
});

describe('the index as other threads see it', () => {
  it('finds what it has, of its type, and nothing else', () => {
    const index = new BlobIndex();
    const ids = Array.from({ length: 5000 }, () => randomBytes(32));
    const entry = (id: Buffer, at: number) =>
      ({
        type: at % 2 === 0 ? 'data' : 'tree',
        id: id.toString('hex'),
        offset: at,
        length: 1,
        uncompressedLength: 0,
      }) as const;
    index.add('00'.repeat(32) as PackId, ids.map(entry));
    for (const [at, id] of ids.entries()) {
      expect(isListed(index.columns, 'data', id)).toBe(at % 2 === 0);
      expect(isListed(index.columns, 'tree', id)).toBe(at % 2 === 1);
    }
    expect(isListed(index.columns, 'data', randomBytes(32))).toBe(false);
  });
});
