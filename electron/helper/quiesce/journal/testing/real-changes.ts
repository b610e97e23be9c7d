import {
  appendFileSync,
  chmodSync,
  linkSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import type { Random } from '../../picture/testing/random.ts';

/** Changes a folder and another beside it, at random, by the kernel's own calls. Every content is another number. */
export class RealChanges {
  readonly #top: string;
  readonly #random: Random;
  #count = 0;

  /** `top` holds the folders; what is in it itself stays. */
  constructor(top: string, random: Random) {
    this.#top = top;
    this.#random = random;
  }

  act(): void {
    const random = this.#random;
    const folders = this.#folders();
    const folder = random.pick(folders) ?? this.#top;
    const name = random.pick(readdirSync(folder));
    const other = random.pick(folders) ?? folder;
    this.#count += 1;
    const fresh = join(other, `n${random.below(10)}`);
    try {
      if (name === undefined || random.chance(0.2)) this.#create(fresh);
      else this.#change(join(folder, name), fresh);
    } catch (error) {
      // What cannot be done here is done by none.
      if (!(error instanceof Error && 'code' in error && refusals.has(String(error.code)))) throw error;
    }
  }

  #create(path: string): void {
    if (this.#random.chance(0.3)) mkdirSync(path);
    else if (this.#random.chance(0.1)) symlinkSync(`target-${this.#count}`, path);
    else writeFileSync(path, String(this.#count));
  }

  #change(path: string, fresh: string): void {
    const random = this.#random;
    const isFile = lstatSync(path).isFile();
    const kind = random.below(9);
    if (kind === 0 && isFile) writeFileSync(path, String(this.#count));
    else if (kind === 1 && isFile) appendFileSync(path, '0');
    else if (kind === 2 && isFile) truncateSync(path, 1);
    else if (kind === 3) linkSync(path, fresh);
    else if (kind === 4 && !lstatSync(path).isSymbolicLink()) chmodSync(path, 0o700 | random.below(0o77));
    else if (kind === 5 && !lstatSync(path).isSymbolicLink()) utimesSync(path, random.below(1e9), random.below(1e9));
    else if (kind === 6 && random.chance(0.4)) rmSync(path, { recursive: true });
    else renameSync(path, fresh);
  }

  #folders(): string[] {
    const found = readdirSync(this.#top).map((name) => join(this.#top, name));
    for (const folder of found)
      for (const entry of readdirSync(folder, { withFileTypes: true }))
        if (entry.isDirectory()) found.push(join(folder, entry.name));
    return found;
  }
}

const refusals: ReadonlySet<string> = new Set([
  'EEXIST',
  'ENOTEMPTY',
  'EISDIR',
  'ENOTDIR',
  'EINVAL',
  'EPERM',
  'ENOENT',
  'EBUSY',
]);
