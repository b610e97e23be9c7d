import { randomBytes } from 'node:crypto';
import { lstatSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { BlobId } from '../../../../shared/domain/ids.ts';
import { sha256 } from '../../repository/crypto/hash.ts';
import { plainFileOps } from '../../system/file-ops.ts';
import { Witness } from '../hands/witness.ts';
import { foundOf } from '../target/found.ts';
import { type PieceToRead, readBack } from './read-back.ts';

const witness = new Witness(randomBytes(32));
let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'stillpoint-read-back-'));
  path = join(folder, 'file');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const contents = [randomBytes(100_000), randomBytes(50), randomBytes(300_000)];
const flipped = (content: Buffer, at: number): Buffer => {
  const changed = Buffer.from(content);
  changed[at] = (changed[at] ?? 0) ^ 1;
  return changed;
};
const piece = (content: Buffer, witnessOf = content): PieceToRead => {
  const id = sha256(content) as BlobId;
  return { id, length: content.length, isZero: false, witness: witness.of(witnessOf, id) };
};

/** What reading back finds, where this is what the disk made of what was written. */
function read(onDisk: Buffer, pieces: readonly PieceToRead[], by: Witness | undefined = witness): string {
  writeFileSync(path, onDisk);
  const found = foundOf(lstatSync(path, { bigint: true }));
  const reading = readBack(plainFileOps, Buffer.from(path), found, pieces, 0, by);
  for (let step = reading.next(); ; step = reading.next()) if (step.done) return step.value;
}

it('finds what was written the same', () => {
  const pieces = contents.map((content) => piece(content));
  expect(pieces.map((one) => one.witness === null)).toEqual([false, true, false]);
  expect(read(Buffer.concat(contents), pieces)).toBe('same');
});

it('tells one bit that differs, wherever it is', () => {
  const whole = Buffer.concat(contents);
  const pieces = contents.map((content) => piece(content));
  for (const at of [0, 99_999, 100_025, 100_050, whole.length - 1])
    expect(read(flipped(whole, at), pieces), String(at)).toBe('different');
  expect(read(whole.subarray(0, -1), pieces)).toBe('different');
});

it('believes no witness that was taken of something else: the hash has the last word', () => {
  const content = contents[0] as Buffer;
  const changed = flipped(content, 7);
  // Memory changed it while its witness was taken, and was right again when it was written: the file is right.
  expect(read(content, [piece(content, changed)])).toBe('same');
  // It was changed after its witness was taken.
  expect(read(changed, [piece(content)])).toBe('different');
});

it('compares hashes where there is nobody to take a witness', () => {
  const content = contents[2] as Buffer;
  expect(read(content, [piece(content)], undefined)).toBe('same');
  expect(read(flipped(content, 5), [piece(content)], undefined)).toBe('different');
});
