import { chmodSync, chownSync, linkSync, mkdirSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import type { SeededRandom } from '../../repository/testing/seeded-random.ts';
import { makeSpecialFile, setTimes } from '../../system/special-files.ts';
import { setXattr } from '../../system/xattr.ts';

/** Any bytes that can be a name. */
function randomName(random: SeededRandom): Buffer {
  const length = 1 + random.int(random.int(10) === 0 ? 200 : 6);
  const bytes =
    random.int(3) === 0 ? random.bytes(length) : Buffer.from(Array.from({ length }, () => 97 + random.int(6)));
  for (let index = 0; index < bytes.length; index += 1)
    if (bytes[index] === 0 || bytes[index] === 0x2f) bytes[index] = 0x61;
  return bytes.equals(Buffer.from('.')) || bytes.equals(Buffer.from('..')) ? Buffer.from('dots') : bytes;
}

/** Fills an empty folder with anything a filesystem can hold. Needs root. */
export function makeRandomTree(root: string, random: SeededRandom): void {
  // The first numbers after a small seed are small.
  for (let skipped = 0; skipped < 10; skipped += 1) random.int(2);
  fill(Buffer.from(root), 0, random, []);
}

function fill(folder: Buffer, depth: number, random: SeededRandom, files: Buffer[]): void {
  const names = new Map(
    Array.from({ length: (depth === 0 ? 4 : 0) + random.int(9) }, () => randomName(random)).map((name) => [
      name.toString('latin1'),
      name,
    ]),
  );
  for (const name of names.values()) {
    const path = Buffer.concat([folder, Buffer.from('/'), name]);
    makeEntry(path, depth, random, files);
  }
}

function makeEntry(path: Buffer, depth: number, random: SeededRandom, files: Buffer[]): void {
  const kind = random.int(12);
  const existing = files.length > 0 ? random.pick(files) : undefined;
  if (kind < 3 && depth < 4) {
    mkdirSync(path);
    fill(path, depth + 1, random, files);
  } else if (kind === 3)
    symlinkSync(Buffer.from(Array.from(random.bytes(1 + random.int(20)), (byte) => byte || 1)), path);
  else if (kind === 4) makeSpecialFile(path, random.pick(['fifo', 'socket'] as const), 0o600);
  else if (kind === 5)
    makeSpecialFile(path, random.pick(['character-device', 'block-device'] as const), 0o600, BigInt(random.int(5000)));
  else if (kind === 6 && existing) linkSync(existing, path);
  else {
    writeFileSync(path, random.int(4) === 0 ? '' : random.bytes(random.int(20_000)));
    if (random.int(5) === 0) truncateSync(path, random.int(3_000_000));
    if (random.int(4) === 0) setXattr(path, `user.${random.int(100)}`, random.bytes(random.int(30)));
    files.push(path);
  }
  if (kind === 3 || (kind === 6 && existing)) return;
  if (random.int(2) === 0) chownSync(path, random.int(70_000), random.int(70_000));
  chmodSync(path, random.int(0o10000));
  const time = BigInt(random.int(2 ** 31)) * 1_000_000_000n + BigInt(random.int(1_000_000_000));
  setTimes(path, time, time);
}
