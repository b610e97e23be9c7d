import { expect, it } from 'vitest';
import { compressBlob } from '../crypto/compression.ts';
import { sha256 } from '../crypto/hash.ts';
import { Sealer } from '../crypto/sealer.ts';
import { SeededRandom } from '../testing/seeded-random.ts';
import { BlobOpener, openBlob } from './open-blob.ts';

const sealer = new Sealer({ encrypt: Buffer.alloc(32, 1), macK: Buffer.alloc(16, 2), macR: Buffer.alloc(16, 3) });
const random = new SeededRandom(92);

interface Stored {
  readonly plaintext: Buffer;
  readonly id: string;
  readonly sealed: Buffer;
  readonly uncompressedLength: number;
}

function stored(plaintext: Buffer, id = sha256(plaintext)): Stored {
  const compressed = compressBlob(plaintext);
  const sealed = sealer.seal(compressed ?? plaintext);
  return { plaintext, id, sealed, uncompressedLength: compressed === undefined ? 0 : plaintext.length };
}

const texts = (length: number): Buffer => Buffer.alloc(length, random.bytes(700).toString('base64'));
// Long and short in turn, also around the pieces that are decrypted at a time; the longest need memory of their own.
const lengths = [1, 70_000, 3, 65_535, 65_536, 65_537, 1_000_000, 12, 131_072, 17 * 1024 * 1024, 400];
const samples = lengths.flatMap((length) => [stored(random.bytes(length)), stored(texts(length))]);

it('opens blobs of all lengths one after the other, as each by itself', () => {
  const opener = new BlobOpener(sealer);
  for (const { sealed, id, uncompressedLength, plaintext } of [...samples, ...samples.toReversed()]) {
    const opened = opener.open(sealed, id, uncompressedLength);
    expect('plaintext' in opened && opened.plaintext.equals(plaintext), String(plaintext.length)).toBe(true);
  }
});

it('says of damaged ones what does not hold, and opens the next right', () => {
  const opener = new BlobOpener(sealer);
  const good = samples.filter(({ plaintext }) => plaintext.length < 1_000_000);
  for (const { sealed, id, uncompressedLength, plaintext } of good) {
    const changed = Buffer.from(sealed);
    const at = random.int(changed.length);
    changed[at] = (changed[at] ?? 0) ^ 1;
    for (const [bytes, name, length] of [
      [changed, id, uncompressedLength],
      [sealed.subarray(0, -1), id, uncompressedLength],
      [sealed, sha256(Buffer.from('another')), uncompressedLength],
      [sealed, id, uncompressedLength === 0 ? 10 : uncompressedLength - 1],
    ] as const) {
      const opened = opener.open(bytes, name, length);
      expect(opened).toHaveProperty('damage');
      expect(opened).toEqual(openBlob(sealer, bytes, name, length));
    }
    const opened = opener.open(sealed, id, uncompressedLength);
    expect('plaintext' in opened && opened.plaintext.equals(plaintext)).toBe(true);
  }
});

it('shows each plaintext before its hash is compared: what is changed from then on is found out', () => {
  const [, text] = samples.filter(({ plaintext }) => plaintext.length === 70_000);
  if (text === undefined) throw new Error('there is none');
  const shown: string[] = [];
  const opener = new BlobOpener(sealer, (plaintext, id) => {
    shown.push(id, sha256(plaintext));
    plaintext[5] = (plaintext[5] ?? 0) ^ 1;
  });
  expect(opener.open(text.sealed, text.id, text.uncompressedLength)).toHaveProperty('damage');
  expect(shown).toEqual([text.id, text.id]);
});
