import { describe, expect, it } from 'vitest';
import type { PlanItem } from '../plan/plan-item.ts';
import { batchLimits, endOfBatch } from './batches.ts';

const mib = 1024 * 1024;
const file = (size: number): PlanItem => ({ type: 'file', action: 'add', stored: { size } }) as PlanItem;

describe('batches of a restore', () => {
  it('take at most a quarter of the room there is, and what one thread may', () => {
    const alone = batchLimits(false, 1n << 50n);
    expect(alone).toEqual({ entries: 128, bytes: 64 * mib });
    expect(batchLimits(true, 1n << 50n).bytes).toBe(2048 * mib);
    expect(batchLimits(true, BigInt(1000 * mib)).bytes).toBe(250 * mib);
    expect(batchLimits(true, 0n).bytes).toBe(alone.bytes);
  });

  it('end where they are full, and hold one entry at least', () => {
    const limits = { entries: 3, bytes: 10 };
    expect(endOfBatch([file(1), file(1), file(1), file(1)], 0, limits)).toBe(3);
    expect(endOfBatch([file(50), file(1)], 0, limits)).toBe(1);
    expect(endOfBatch([file(4), file(6), file(1)], 0, limits)).toBe(2);
    expect(endOfBatch([file(4), file(6), file(1)], 2, limits)).toBe(3);
  });
});
