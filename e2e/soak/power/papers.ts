import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';

/** Path below the folder, and what the file holds. */
export type Contents = ReadonlyMap<string, string>;

/** What every file of a folder holds, by its hash. */
export function contentsOf(folder: string): Contents {
  const found = new Map<string, string>();
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    found.set(relative(folder, path), createHash('sha256').update(readFileSync(path)).digest('hex'));
  }
  return found;
}

/** What differs, in words; undefined where nothing does. */
export function differenceOf(wanted: Contents, found: Contents): string | undefined {
  for (const [path, hash] of wanted)
    if (found.get(path) !== hash) return `${path} is ${found.has(path) ? 'another' : 'missing'}`;
  for (const path of found.keys()) if (!wanted.has(path)) return `${path} should not be there`;
  return undefined;
}

/** Some megabytes of small files and one large one. */
export function makePapers(folder: string, random: () => number): void {
  for (let n = 0; n < 120; n += 1) writePaper(folder, n, random);
  writeFileSync(join(folder, 'large'), noise(3 * 1024 * 1024, random));
}

/** As a day of work would. */
export function changePapers(folder: string, random: () => number): void {
  for (let n = 0; n < 12; n += 1) writePaper(folder, Math.floor(random() * 160), random);
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true }))
    if (entry.isFile() && entry.name !== 'large' && random() < 0.03) rmSync(join(entry.parentPath, entry.name));
  const large = join(folder, 'large');
  const bytes = readFileSync(large);
  noise(200_000, random).copy(bytes, Math.floor(random() * (statSync(large).size - 200_000)));
  writeFileSync(large, bytes);
}

function writePaper(folder: string, n: number, random: () => number): void {
  const place = join(folder, `folder ${n % 7}`);
  mkdirSync(place, { recursive: true });
  writeFileSync(join(place, `paper ${n}`), noise(Math.floor(random() ** 3 * 120_000), random));
}

function noise(length: number, random: () => number): Buffer {
  const bytes = Buffer.alloc(length);
  for (let at = 0; at + 4 <= length; at += 4) bytes.writeUInt32LE(Math.floor(random() * 2 ** 32), at);
  return bytes;
}
