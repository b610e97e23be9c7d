import { zstdCompressSync } from 'node:zlib';
import { expect, it } from 'vitest';
import { sha256 } from '../crypto/hash.ts';
import { generateMasterKey } from '../crypto/master-key.ts';
import { Sealer } from '../crypto/sealer.ts';
import type { PackedBlob } from '../format/blob.ts';
import type { PackId } from '../format/ids.ts';
import { encodePackHeader } from '../format/pack-header.ts';
import { columnsOf } from '../index/listed-blobs.ts';
import { type InspectedPack, PackInspector } from './inspect-pack.ts';

const sealer = new Sealer(generateMasterKey());
const inspector = new PackInspector(sealer);
const text = Buffer.from('line after line after line\n'.repeat(500));

interface Made {
  readonly stored: Buffer;
  readonly id: string;
  readonly uncompressedLength: number;
}

const raw = (content: Buffer): Made => ({ stored: content, id: sha256(content), uncompressedLength: 0 });
const compressed = (content: Buffer): Made => ({
  stored: zstdCompressSync(content),
  id: sha256(content),
  uncompressedLength: content.length,
});

/** A pack whose tags, header and name are all right, whatever is in it. */
function packOf(made: readonly Made[]): { id: PackId; bytes: Buffer; blobs: PackedBlob[] } {
  const parts: Buffer[] = [];
  let offset = 0;
  const blobs = made.map(({ stored, id, uncompressedLength }): PackedBlob => {
    const sealed = sealer.seal(stored);
    parts.push(sealed);
    offset += sealed.length;
    return { type: 'data', id, offset: offset - sealed.length, length: sealed.length, uncompressedLength };
  });
  const header = sealer.seal(encodePackHeader(blobs));
  const length = Buffer.alloc(4);
  length.writeUInt32LE(header.length);
  const bytes = Buffer.concat([...parts, header, length]);
  return { id: sha256(bytes) as PackId, bytes, blobs };
}

function inspect({ id, bytes, blobs }: ReturnType<typeof packOf>, listed = blobs): InspectedPack {
  const steps = inspector.inspect(id, bytes, columnsOf(listed));
  for (let step = steps.next(); ; step = steps.next()) if (step.done) return step.value;
}

const whole = [raw(text), compressed(text), raw(Buffer.from('x')), compressed(text.subarray(0, 100))];

it('finds a whole pack whole', () => {
  expect(inspect(packOf(whole))).toEqual({ pack: [], blobs: [] });
});

it.each([
  ['whose content is another than its id says', { ...raw(text), id: sha256(Buffer.from('other')) }, /hash/],
  ['whose compressed content is another', { ...compressed(text), id: sha256(Buffer.from('other')) }, /hash/],
  ['that is shorter than it says', { ...compressed(text), uncompressedLength: text.length + 1 }, /decompressed/],
  ['that is longer than it says', { ...compressed(text), uncompressedLength: text.length - 1 }, /decompressed/],
  ['that is no compressed frame', { ...raw(text), uncompressedLength: text.length }, /decompressed/],
  ['that ends in the midst', { ...compressed(text), stored: zstdCompressSync(text).subarray(0, -2) }, /decompressed/],
])('finds a blob, well sealed, %s; and the next ones whole', (_, wrong, why) => {
  const { pack, blobs } = inspect(packOf([...whole, wrong, ...whole]));
  expect(pack).toEqual([]);
  expect(blobs).toEqual([{ at: whole.length, why: expect.stringMatching(why) }]);
});

it('finds every changed byte', () => {
  const made = packOf(whole);
  for (let at = 0; at < made.bytes.length; at += 97) {
    const bytes = Buffer.from(made.bytes);
    bytes[at] = (bytes[at] ?? 0) ^ 0x10;
    const { pack } = inspect({ ...made, bytes });
    expect(pack[0]).toBe('was changed since it was written');
  }
});

it('finds an index that says something else', () => {
  const made = packOf(whole);
  const [first, ...others] = made.blobs as [PackedBlob, ...PackedBlob[]];
  const says = 'does not hold what the index says';
  expect(inspect(made, others).pack).toEqual([says]);
  for (const more of [
    { type: 'tree' as const },
    { length: first.length - 1 },
    { uncompressedLength: 5 },
    { id: sha256(Buffer.from('other')) },
  ])
    expect(inspect(made, [{ ...first, ...more }, ...others]).pack).toEqual([says]);
});
