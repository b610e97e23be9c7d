import { randomFillSync } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const perFolder = 100;

/** Files of one size, half random, half text, no two alike; a hundred in each folder. */
export function fill(directory: string, files: number, fileBytes: number): void {
  const content = Buffer.alloc(fileBytes, 'half of this file is text that repeats, as text does. ');
  for (let index = 0; index < files; index += 1) {
    const folder = join(directory, String(Math.floor(index / perFolder)));
    if (index % perFolder === 0) mkdirSync(folder, { recursive: true });
    randomFillSync(content, 0, Math.ceil(fileBytes / 2));
    writeFileSync(join(folder, String(index)), content);
  }
}

/** Writes every `nth` file anew. Returns how many. */
export function change(directory: string, files: number, fileBytes: number, nth: number): number {
  const content = Buffer.alloc(fileBytes, 'changed ');
  let changed = 0;
  for (let index = 0; index < files; index += nth) {
    randomFillSync(content, 0, Math.ceil(fileBytes / 2));
    writeFileSync(join(directory, String(Math.floor(index / perFolder)), String(index)), content);
    changed += 1;
  }
  return changed;
}
