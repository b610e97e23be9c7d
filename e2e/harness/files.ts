import { createCipheriv, createHash } from 'node:crypto';
import {
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join, relative } from 'node:path';
import type { World } from './world.ts';

/** Bytes that no compression and no deduplication shrinks, the same for the same name at each run. */
export function noise(name: string, bytes: number): Buffer {
  const key = createHash('sha256').update(name).digest();
  return createCipheriv('aes-256-ctr', key, Buffer.alloc(16)).update(Buffer.alloc(bytes));
}

/** Much enough that a backup of it can be watched, cancelled and killed: files of 8 MiB. */
export function muchData(files: number): Readonly<Record<string, Buffer>> {
  const of = (file: number): [string, Buffer] => [`part-${file}.bin`, noise(`part ${file}`, 8 * 1024 * 1024)];
  return Object.fromEntries(Array.from({ length: files }, (_, file) => of(file)));
}

/** What a small home holds: documents, pictures, a project, hidden settings. Relative path to content. */
export function homeLike(): Readonly<Record<string, string | Buffer>> {
  const files: Record<string, string | Buffer> = {};
  for (let month = 1; month <= 12; month += 1) {
    const text = Array.from({ length: 40 }, (_, line) => `Line ${line + 1} of the letter of month ${month}.`);
    files[`Documents/Letters/2024-${String(month).padStart(2, '0')}.txt`] = `${text.join('\n')}\n`;
  }
  files['Documents/Budget 2025.csv'] = 'month,amount\njanuary,1200\nfebruary,1150\n';
  files['Documents/notes.md'] = '# Notes\n\n- call the dentist\n- renew the passport\n';
  for (let picture = 1; picture <= 6; picture += 1)
    files[`Pictures/Holiday/IMG_${String(1000 + picture)}.jpg`] = noise(`picture ${picture}`, 180 * 1024);
  files['Projects/clock/README.md'] = '# A clock\n';
  files['Projects/clock/src/main.c'] = 'int main(void) { return 0; }\n';
  files['Projects/clock/src/hands.c'] = '/* two of them */\n';
  files['.profile'] = 'export EDITOR=vi\n';
  files['Grüße/日本.txt'] = 'こんにちは\n';
  return files;
}

/** Writes files below a folder of the world and gives all of it to its user. Older than the present minute. */
export function writeFiles(world: World, folder: string, files: Readonly<Record<string, string | Buffer>>): void {
  const past = new Date(Date.now() - 3_600_000);
  const folders = new Set<string>();
  for (const [name, content] of Object.entries(files)) {
    const path = join(folder, name);
    const above: string[] = [];
    for (let each = dirname(path); each.startsWith(folder); each = dirname(each)) above.unshift(each);
    for (const each of above.filter((path) => !folders.has(path))) {
      mkdirSync(each, { recursive: true });
      world.give(each);
      folders.add(each);
    }
    writeFileSync(path, content);
    world.give(path);
    utimesSync(path, past, past);
  }
}

/** Every entry below a folder with what it holds: equal for two folders that hold the same, byte for byte. */
export function contentsOf(folder: string): Readonly<Record<string, string>> {
  const found: Record<string, string> = {};
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    found[relative(folder, path)] = describe(path);
  }
  return found;
}

function describe(path: string): string {
  const facts = lstatSync(path);
  if (facts.isDirectory()) return 'folder';
  if (facts.isSymbolicLink()) return `link to ${readlinkSync(path)}`;
  if (!facts.isFile()) return 'special';
  return `${facts.size} bytes, sha256 ${createHash('sha256').update(readFileSync(path)).digest('hex')}`;
}

/** How much lies below a folder; 0 where it is not there. */
export function bytesBelow(folder: string): number {
  if (!existsSync(folder)) return 0;
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .reduce((sum, entry) => sum + sizeOf(join(entry.parentPath, entry.name)), 0);
}

/** 0 for what has just been renamed or removed. */
function sizeOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0;
}
