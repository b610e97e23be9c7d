import { scryptSync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { derivePasswordKey } from './password-key.ts';
import { type MixCost, mixBlocks, mixesAsNode, scryptBlocks, scryptEnd } from './scrypt-mix.ts';

describe('scrypt that can be shared out', () => {
  it.each([
    { N: 2, r: 1, p: 1 },
    { N: 16, r: 1, p: 1 },
    { N: 16, r: 8, p: 2 },
    { N: 256, r: 3, p: 5 },
    { N: 1024, r: 8, p: 3 },
  ])('answers what node’s does: $N, $r, $p', (cost) => {
    const blocks = scryptBlocks('pässword', 'salt', cost);
    mixBlocks(blocks, cost);
    const expected = scryptSync('pässword', 'salt', 80, cost);
    expect(scryptEnd('pässword', blocks, 80).equals(expected)).toBe(true);
  });

  it('mixes each block by itself: shares may be cut anywhere between them', () => {
    const cost = { N: 32, r: 2, p: 5 };
    const whole = scryptBlocks('p', 's', cost);
    const parts = Buffer.from(whole);
    mixBlocks(whole, cost);
    for (const [from, to] of [
      [0, 1],
      [1, 4],
      [4, 5],
    ] as const)
      mixBlocks(parts.subarray(from * 256, to * 256), cost);
    expect(parts.equals(whole)).toBe(true);
  });

  it('is not believed where it mixes otherwise', () => {
    expect(mixesAsNode()).toBe(true);
    const wrong = (blocks: Uint8Array, cost: MixCost) => {
      mixBlocks(blocks, cost);
      blocks[7] = (blocks[7] ?? 0) ^ 1;
    };
    expect(mixesAsNode(wrong)).toBe(false);
  });
});

describe('the key of a password', () => {
  const cost = { N: 16384, r: 8, p: 2 };
  const salt = Buffer.alloc(64, 5);

  it('is the same shared out, and where sharing fails', async () => {
    const shared: MixCost[] = [];
    const keys = await Promise.all([
      derivePasswordKey('password', salt, cost),
      derivePasswordKey('password', salt, cost, async (blocks, each) => {
        shared.push(each);
        mixBlocks(blocks, each);
      }),
      derivePasswordKey('password', salt, cost, async (blocks) => {
        blocks.fill(0);
        throw new Error('no threads');
      }),
    ]);
    expect(shared).toEqual([cost]);
    expect(keys[1]).toEqual(keys[0]);
    expect(keys[2]).toEqual(keys[0]);
  });

  it('is not shared out where it is over at once, or takes much memory', async () => {
    const never = async () => expect.unreachable();
    for (const other of [
      { N: 128, r: 1, p: 4 },
      { N: 16384, r: 8, p: 1 },
    ])
      expect(await derivePasswordKey('p', salt, other, never)).toEqual(await derivePasswordKey('p', salt, other));
  });
});
