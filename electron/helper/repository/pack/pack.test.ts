import { describe, expect, it } from 'vitest';
import { compressBlob } from '../crypto/compression.ts';
import { sha256 } from '../crypto/hash.ts';
import { Sealer } from '../crypto/sealer.ts';
import { SeededRandom } from '../testing/seeded-random.ts';
import { openBlob } from './open-blob.ts';
import { PackAssembler } from './pack-assembler.ts';
import { readPackHeader } from './read-header.ts';

const sealer = new Sealer({ encrypt: Buffer.alloc(32, 1), macK: Buffer.alloc(16, 2), macR: Buffer.alloc(16, 3) });
const damage = expect.objectContaining({ kind: 'repository-damaged' });
const text = Buffer.from('to be or not to be '.repeat(500));
const noise = new SeededRandom(91).bytes(5000);

function somePack() {
  const assembler = new PackAssembler(sealer, 'data');
  assembler.add(sha256(noise), noise, 0);
  assembler.add(sha256(text), compressBlob(text) ?? text, text.length);
  return assembler.finish();
}

describe('packs', () => {
  it('are named by their bytes and say what is in them', () => {
    const { id, bytes, blobs } = somePack();
    expect(id).toBe(sha256(bytes));
    expect(readPackHeader(sealer, bytes)).toEqual(blobs);
    const contents = blobs.map((blob) =>
      openBlob(sealer, bytes.subarray(blob.offset, blob.offset + blob.length), blob.id, blob.uncompressedLength),
    );
    expect(contents).toEqual([{ plaintext: noise }, { plaintext: text }]);
  });

  it('can be assembled one after the other, of any size', () => {
    const assembler = new PackAssembler(sealer, 'tree', 1000);
    expect(assembler.isEmpty).toBe(true);
    for (const length of [10, 1000, 40_000]) {
      const content = new SeededRandom(length).bytes(length);
      assembler.add(sha256(content), content, 0);
      expect(assembler.isFull).toBe(length >= 1000);
      const { bytes, blobs } = assembler.finish();
      expect(readPackHeader(sealer, bytes)).toEqual(blobs);
      expect(assembler.isEmpty).toBe(true);
    }
  });

  it('with a damaged or senseless end are refused', () => {
    const { bytes } = somePack();
    for (let length = 0; length < 40; length += 1)
      expect(() => readPackHeader(sealer, bytes.subarray(0, length))).toThrow(damage);
    for (let back = 1; back <= 114; back += 1) {
      const changed = Buffer.from(bytes);
      changed[bytes.length - back] = (changed[bytes.length - back] ?? 0) ^ 0x81;
      expect(() => readPackHeader(sealer, changed), `${back} from the end`).toThrow(damage);
    }
  });
});

describe('a blob', () => {
  it('is not given out under the id of another, even when it was sealed with our key', () => {
    expect(openBlob(sealer, sealer.seal(noise), sha256(text), 0)).toEqual({ damage: expect.stringContaining('hash') });
  });

  it('is not given out with a wrong length, uncompressed or changed', () => {
    const compressed = compressBlob(text) ?? text;
    for (const length of [text.length - 1, text.length + 1, 1]) {
      expect(openBlob(sealer, sealer.seal(compressed), sha256(text), length)).toHaveProperty('damage');
    }
    expect(openBlob(sealer, sealer.seal(compressed), sha256(text), 0)).toHaveProperty('damage');
    expect(openBlob(sealer, Buffer.alloc(10), sha256(text), 0)).toHaveProperty('damage');
  });
});
