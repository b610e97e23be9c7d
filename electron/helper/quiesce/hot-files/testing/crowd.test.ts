import { describe, expect, it } from 'vitest';
import { judgeCrowd } from './crowd.ts';
import { fillerOf } from './filler.ts';

const writers = 2;
const blocks = 8;

/** Writes of both in turns, as crowd.py makes them, up to `writes` of each. */
function fileAfter(writes: number): Buffer {
  const file = Buffer.alloc(blocks * 4096);
  const states = [1, 2];
  for (let number = 1; number <= writes; number += 1)
    for (let writer = 0; writer < writers; writer += 1) {
      const state = (Math.imul(states[writer] ?? 0, 1664525) + 1013904223) >>> 0;
      states[writer] = state;
      const block = ((state >>> 8) % (blocks / writers)) * writers + writer;
      const copy = Buffer.alloc(128);
      copy.write('CRWD', 'latin1');
      copy.writeUInt32LE(writer, 4);
      copy.writeBigUInt64LE(BigInt(number), 8);
      copy.writeBigUInt64LE(BigInt(block), 16);
      copy.writeBigUInt64LE(BigInt(writer === 0 ? number - 1 : number), 24);
      copy.writeBigUInt64LE(BigInt(number - 1), 32);
      for (let at = 0; at < 4096; at += 128) copy.copy(file, block * 4096 + at);
    }
  return file;
}

describe('judgeCrowd', () => {
  it('accepts every state, and an empty file', () => {
    for (const writes of [0, 1, 2, 5, 40])
      expect(judgeCrowd(fileAfter(writes), { writers, blocks })).toEqual({ bad: [], held: writes * writers });
  });

  it('rejects a block of an earlier moment', () => {
    const file = fileAfter(40);
    const early = fileAfter(20);
    const changed = Array.from({ length: blocks }, (_, at) => at).find(
      (at) => !file.subarray(at * 4096, at * 4096 + 128).equals(early.subarray(at * 4096, at * 4096 + 128)),
    );
    expect(changed).toBeDefined();
    early.copy(file, (changed ?? 0) * 4096, (changed ?? 0) * 4096, ((changed ?? 0) + 1) * 4096);
    expect(judgeCrowd(file, { writers, blocks }).bad.length).toBeGreaterThan(0);
  });

  it('tells what was there before from what nobody wrote', () => {
    const file = Buffer.concat(Array.from({ length: blocks }, (_, block) => Buffer.from(fillerOf(block))));
    expect(judgeCrowd(file, { writers, blocks, isFilled: true })).toEqual({ bad: [], held: 0 });
    file.copy(file, 4096, 0, 4096);
    expect(judgeCrowd(file, { writers, blocks, isFilled: true }).bad).toContain('block 1 holds what nobody wrote');
    expect(judgeCrowd(file.subarray(0, 7 * 4096), { writers, blocks, isFilled: true }).bad).toContain(
      'block 7 is not there',
    );
  });

  it('rejects a block of two writes', () => {
    const file = fileAfter(40);
    fileAfter(20).copy(file, 2048, 2048, 4096);
    expect(judgeCrowd(file, { writers, blocks }).bad).toContain('block 0 mixes two writes');
  });

  it('rejects one writer held later than another', () => {
    const file = fileAfter(40);
    const early = fileAfter(20);
    for (let block = 0; block < blocks; block += 2) early.copy(file, block * 4096, block * 4096, (block + 1) * 4096);
    expect(judgeCrowd(file, { writers, blocks }).bad).toEqual([
      'writer 0 is held at 20, but somebody wrote after its 40',
    ]);
  });
});
