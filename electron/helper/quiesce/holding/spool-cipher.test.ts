import { describe, expect, it } from 'vitest';
import { SpoolCipher } from './spool-cipher.ts';

describe('SpoolCipher', () => {
  const plain = Buffer.alloc(10_000, 'what is kept for a moment');

  it('decrypts any range of one stream', () => {
    const cipher = new SpoolCipher();
    const stored = Buffer.concat([
      cipher.encryptNext(plain.subarray(0, 4321)),
      cipher.encryptNext(plain.subarray(4321)),
    ]);
    for (const [from, to] of [
      [0, 10_000],
      [1, 2],
      [15, 33],
      [4320, 4322],
      [9_999, 10_000],
    ] as const)
      expect(cipher.decryptAt(from, stored.subarray(from, to)).equals(plain.subarray(from, to))).toBe(true);
  });

  it('stores nothing that can be read, and never the same twice', () => {
    const [first, second] = [new SpoolCipher().encryptNext(plain), new SpoolCipher().encryptNext(plain)];
    expect(first.includes('moment')).toBe(false);
    expect(first.equals(second)).toBe(false);
  });
});
