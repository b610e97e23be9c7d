import { createZstdDecompress, zstdCompressSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { SeededRandom } from '../testing/seeded-random.ts';
import { newDecompressor, plainDecompressor } from './decompressor.ts';

const handleOf = (stream: object): Record<string, unknown> => (stream as { _handle: Record<string, unknown> })._handle;

describe('the decompressor of one context', () => {
  it('is what serves here', () => {
    expect(newDecompressor().isPersistent).toBe(true);
  });

  it.each<[string, () => unknown]>([
    ['node has no such thing', () => undefined],
    [
      'it cannot be made',
      () => {
        throw new Error('no');
      },
    ],
    ['what is behind it is not there', () => ({ _handle: {}, _writeState: [] })],
    [
      'it says it is done, and did nothing',
      () => {
        const stream = createZstdDecompress();
        const state = (stream as unknown as { _writeState: Uint32Array })._writeState;
        Object.assign(handleOf(stream), {
          writeSync: () => {
            state[0] = 1;
            state[1] = 0;
          },
        });
        return stream;
      },
    ],
  ])('is not believed where %s', (_why, open) => {
    expect(newDecompressor(open)).toBe(plainDecompressor);
  });

  it.each([true, false])('reads what was compressed, whatever came before (persistent: %s)', (isPersistent) => {
    const decompressor = isPersistent ? newDecompressor() : plainDecompressor;
    expect(decompressor.isPersistent).toBe(isPersistent);
    const random = new SeededRandom(5);
    const target = Buffer.alloc(2_000_001);
    for (let round = 0; round < 40; round += 1) {
      const length = 1 + random.int(round % 8 === 0 ? 2_000_000 : 9000);
      const plaintext = round % 3 === 0 ? random.bytes(length) : Buffer.alloc(length, `text ${round} `);
      const frame = zstdCompressSync(plaintext);
      const hurt = Buffer.from(frame);
      hurt[hurt.length >> 1] = (hurt[hurt.length >> 1] ?? 0) ^ 0x55;
      // Whatever that comes to: what follows is not touched by it.
      decompressor.decompress(hurt, target, length);
      expect(decompressor.decompress(frame.subarray(0, frame.length >> 1), target, length)).toBe(false);
      expect(decompressor.decompress(frame, target, length + 1)).toBe(false);
      expect(decompressor.decompress(frame, target, length)).toBe(true);
      expect(target.subarray(0, length).equals(plaintext)).toBe(true);
    }
    expect(decompressor.decompress(Buffer.alloc(0), target, 0)).toBe(false);
    expect(decompressor.decompress(Buffer.from('no frame'), target, 8)).toBe(false);
  });
});
