import { closeSync, ftruncateSync, mkdirSync, openSync, readSync, symlinkSync, unlinkSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import type { ContentSink, StillEntry, StillView } from '../contract.ts';
import { memoryBytes } from './memory-ahead.ts';

/** What became of a view that was written out. */
export interface WrittenView {
  readonly files: number;
  readonly directories: number;
  readonly others: number;
  readonly bytes: number;
  readonly torn: readonly { readonly path: string; readonly reason: string }[];
  readonly unreadable: readonly { readonly path: string; readonly reason: string }[];
  readonly vanished: readonly string[];
}

/**
 * Writes the root of a view into an empty directory: names, content and symlinks, no other metadata. For tests, so that
 * a view can be judged without capture. Files that are unreadable or vanished are left out; torn ones are written as sent.
 * `base`: where the version that `same` refers to was written.
 */
export async function writeView(
  view: StillView,
  directory: string,
  signal: AbortSignal,
  base?: string,
): Promise<WrittenView> {
  const writer = new ViewWriter(signal, directory, base);
  for await (const child of view.root.children?.() ?? []) await writer.write(child, Buffer.from(directory));
  return { ...writer.result(), unreadable: [...writer.result().unreadable, ...view.unreadable()] };
}

class ViewWriter {
  readonly #signal: AbortSignal;
  readonly #count = { files: 0, directories: 0, others: 0, bytes: 0 };
  readonly #torn: { path: string; reason: string }[] = [];
  readonly #unreadable: { path: string; reason: string }[] = [];
  readonly #vanished: string[] = [];

  readonly #directory: string;
  readonly #base: string | undefined;

  constructor(signal: AbortSignal, directory: string, base: string | undefined) {
    this.#signal = signal;
    this.#directory = directory;
    this.#base = base;
  }

  result(): WrittenView {
    return { ...this.#count, torn: this.#torn, unreadable: this.#unreadable, vanished: this.#vanished };
  }

  async write(entry: StillEntry, parent: Buffer): Promise<void> {
    const path = Buffer.concat([parent, Buffer.from('/'), entry.name]);
    switch (entry.meta.type) {
      case 'dir':
        mkdirSync(path);
        this.#count.directories += 1;
        for await (const child of entry.children?.() ?? []) await this.write(child, path);
        return;
      case 'file':
        return this.#writeFile(entry, path);
      case 'symlink':
        symlinkSync(Buffer.from(entry.meta.linkTarget ?? []), path);
        this.#count.others += 1;
        return;
      default:
        this.#count.others += 1;
    }
  }

  async #writeFile(entry: StillEntry, path: Buffer): Promise<void> {
    if (entry.content === null) throw new Error(`${path} is a file without content`);
    const fd = openSync(path, 'wx');
    if (entry.content.taken !== undefined) {
      writeTaken(fd, memoryBytes(entry.content.taken));
      this.#count.files += 1;
      this.#count.bytes += entry.content.taken.length;
      return;
    }
    let position = 0;
    const sink: ContentSink = {
      async data(bytes) {
        position += writeSync(fd, bytes, 0, bytes.length, position);
      },
      async hole(length) {
        position += length;
        ftruncateSync(fd, position);
      },
      same: async (length) => {
        position += this.#copyFromBase(path, fd, position, length);
      },
      restart() {
        position = 0;
        ftruncateSync(fd, 0);
      },
    };
    try {
      const verdict = await entry.content.readInto(sink, this.#signal);
      const text = path.toString();
      if (verdict.state === 'whole' && BigInt(position) !== verdict.meta.size)
        throw new Error(`${text} is called whole, but ${position} of ${verdict.meta.size} bytes were sent`);
      if (verdict.state === 'vanished') this.#vanished.push(text);
      if (verdict.state === 'unreadable') this.#unreadable.push({ path: text, reason: verdict.reason });
      if (verdict.state === 'torn') this.#torn.push({ path: text, reason: verdict.reason });
      if (verdict.state === 'whole' || verdict.state === 'torn') {
        this.#count.files += 1;
        this.#count.bytes += position;
      }
      if (verdict.state === 'vanished' || verdict.state === 'unreadable') unlinkSync(path);
    } finally {
      closeSync(fd);
    }
  }

  #copyFromBase(path: Buffer, into: number, position: number, length: number): number {
    if (this.#base === undefined) throw new Error('there is no earlier version to take it from');
    const below = path.subarray(Buffer.byteLength(this.#directory) + 1).toString('latin1');
    const from = openSync(Buffer.from(join(this.#base, below), 'latin1'), 'r');
    try {
      const bytes = Buffer.alloc(length);
      const count = readSync(from, bytes, 0, length, position);
      if (count !== length) throw new Error(`${below} is said to be as before, and was shorter`);
      return writeSync(into, bytes, 0, length, position);
    } finally {
      closeSync(from);
    }
  }
}

function writeTaken(fd: number, bytes: Buffer): void {
  try {
    for (let done = 0; done < bytes.length; ) done += writeSync(fd, bytes, done, bytes.length - done, done);
  } finally {
    closeSync(fd);
  }
}
