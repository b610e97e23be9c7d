import { once } from 'node:events';
import { constants, createZstdCompress, createZstdDecompress, zstdCompressSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { SeededRandom } from '../testing/seeded-random.ts';
import { type Decompressor, newDecompressor, plainDecompressor } from './decompressor.ts';
import { readZstdFrame } from './zstd-frame.ts';

const random = new SeededRandom(77);
const words = Buffer.from(Array.from({ length: 90_000 }, (_, index) => `word${index % 977} `).join(''));
const checked = { params: { [constants.ZSTD_c_checksumFlag]: 1 } };
const samples = [
  Buffer.from('a'),
  words,
  words.subarray(0, 300),
  random.bytes(70_000),
  Buffer.alloc(1_000_000),
  random.bytes(255),
];

function opened(decompressor: Decompressor, frame: Buffer, length: number): Buffer | undefined {
  const target = Buffer.alloc(length + 10, 0xaa);
  const isWhole = decompressor.decompress(frame, target, length);
  expect(target.subarray(length).every((byte) => byte === 0xaa) || !isWhole).toBe(true);
  return isWhole ? target.subarray(0, length) : undefined;
}

/** Written in pieces, so that its header does not say how long the content is. */
async function streamed(content: Buffer): Promise<Buffer> {
  const stream = createZstdCompress();
  const parts: Buffer[] = [];
  stream.on('data', (part: Buffer) => parts.push(part));
  for (let at = 0; at < content.length; at += 50_000) stream.write(content.subarray(at, at + 50_000));
  stream.end();
  await once(stream, 'end');
  return Buffer.concat(parts);
}

describe('a decompressor', () => {
  const persistent = newDecompressor();

  it('has one context here', () => {
    expect(persistent.isPersistent).toBe(true);
  });

  it('opens what was compressed, with a checksum or without, whatever came before', async () => {
    for (const sample of samples) {
      for (const frame of [zstdCompressSync(sample), zstdCompressSync(sample, checked), await streamed(sample)]) {
        expect(opened(persistent, frame, sample.length)?.equals(sample)).toBe(true);
        expect(opened(persistent, frame, sample.length + 1)).toBeUndefined();
        expect(opened(persistent, frame, sample.length - 1)).toBeUndefined();
        expect(opened(persistent, frame.subarray(0, -1), sample.length)).toBeUndefined();
        const longer = Buffer.concat([frame, Buffer.of(7)]);
        expect(opened(persistent, longer, sample.length)).toEqual(opened(plainDecompressor, longer, sample.length));
      }
    }
  });

  it('answers as the documented call does, whatever the bytes', () => {
    const target = Buffer.alloc(2000);
    const frames = [words.subarray(0, 900), random.bytes(700)].map((sample) => zstdCompressSync(sample, checked));
    for (let round = 0; round < 400; round += 1) {
      const frame = Buffer.from(frames[round % 2] as Buffer);
      frame[random.int(frame.length)] = random.int(256);
      const length = round % 2 === 0 ? 900 : 700;
      expect(persistent.decompress(frame, target, length)).toBe(
        plainDecompressor.decompress(frame, Buffer.alloc(2000), length),
      );
    }
    expect(opened(persistent, zstdCompressSync(words), words.length)?.equals(words)).toBe(true);
  });

  it('takes several frames in a row as the documented call does', () => {
    const twice = Buffer.concat([zstdCompressSync(words), zstdCompressSync(words)]);
    const length = words.length * 2;
    expect(opened(persistent, twice, length) === undefined).toBe(
      opened(plainDecompressor, twice, length) === undefined,
    );
  });

  it('uses the documented call where anything is missing or answers wrongly', () => {
    const stream = createZstdDecompress() as unknown as { _handle: object; _writeState: Uint32Array };
    const lying = () => ({
      _handle: { writeSync: () => stream._writeState.fill(0) },
      _writeState: stream._writeState,
      destroyed: false,
      destroy: () => {},
      on: () => {},
    });
    for (const open of [() => ({}), () => null, lying, () => ({ ...lying(), _handle: {} })])
      expect(newDecompressor(open)).toBe(plainDecompressor);
    expect(
      newDecompressor(() => {
        throw new Error('none');
      }),
    ).toBe(plainDecompressor);
  });
});

describe('the outline of a frame', () => {
  it('tells whole frames from anything else', () => {
    for (const sample of samples) {
      const frame = zstdCompressSync(sample, checked);
      expect(readZstdFrame(frame)?.contentLength).toBe(sample.length);
      expect(readZstdFrame(frame.subarray(0, -1))).toBeUndefined();
      expect(readZstdFrame(Buffer.concat([frame, Buffer.of(0)]))).toBeUndefined();
    }
    expect(readZstdFrame(Buffer.alloc(0))).toBeUndefined();
    expect(readZstdFrame(Buffer.alloc(100))).toBeUndefined();
  });
});
