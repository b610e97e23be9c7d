import { closeSync, constants, ftruncateSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { statxDescriptor } from '../../system/statx.ts';
import { scratchFolder } from '../testing/scratch-folder.ts';
import { entryMeta, noDetail } from '../view/entry-meta.ts';
import { heldContent, type Keeper } from './content.ts';
import type { HotFile } from './contract.ts';
import { type KeptRun, pageBytes } from './protocol.ts';
import { neverAborted, readContent } from './testing/scene.ts';

/** Pages of old content by their number; each is one page of the arena, in the order given. */
function keeperOf(
  kept: Readonly<Record<number, string>>,
  options: Partial<Keeper> & { runsAtOnce?: number } = {},
): Keeper {
  const pages = Object.keys(kept).map(Number);
  return {
    kept: (from, to) => {
      const all = pages
        .map((page, index): KeptRun => [page, 1, index])
        .filter(([page]) => page * pageBytes < to && (page + 1) * pageBytes > from);
      const runs = all.slice(0, options.runsAtOnce ?? all.length);
      const next = runs.length < all.length ? (all[runs.length]?.[0] ?? 0) * pageBytes : to;
      return { runs, next: Math.max(next, from) };
    },
    read: (into, position) => {
      const page = pages[Math.floor(position / pageBytes)] ?? -1;
      into.fill(kept[page] ?? '?');
    },
    finish: () => null,
    tornReason: () => 'lost',
    ...options,
  };
}

/** A file of now: `N` in these pages, holes elsewhere. */
function withFile<T>(pages: number, written: readonly number[], use: (file: HotFile) => Promise<T>): Promise<T> {
  const folder = scratchFolder('hot-content');
  const path = join(folder.path, 'file');
  const fd = openSync(path, constants.O_RDWR | constants.O_CREAT);
  ftruncateSync(fd, pages * pageBytes);
  for (const page of written) writeSync(fd, Buffer.alloc(pageBytes, 'N'), 0, pageBytes, page * pageBytes);
  const { deviceId, inode, size } = statxDescriptor(fd);
  return use({ where: path, fd, deviceId, inode, size }).finally(() => {
    closeSync(fd);
    folder[Symbol.dispose]();
  });
}

async function read(file: HotFile, keeper: Keeper, size = Number(file.size)): Promise<{ text: string; state: string }> {
  const meta = { ...entryMeta(statxDescriptor(file.fd), noDetail), size: BigInt(size) };
  const { verdict, bytes } = await readContent(heldContent(file, meta, keeper), neverAborted);
  expect(verdict.state === 'torn' || bytes.length === size).toBe(true);
  let text = '';
  for (let at = 0; at < bytes.length; at += pageBytes)
    text += bytes[at] === 0 ? '.' : String.fromCharCode(bytes[at] ?? 0);
  return { text, state: verdict.state };
}

describe('content of a held file', () => {
  it('is what was kept, laid over what is there now', () =>
    withFile(6, [0, 1, 2], async (file) => {
      expect(await read(file, keeperOf({ 1: 'a', 2: 'b' }))).toEqual({ text: 'Nab...', state: 'whole' });
    }));

  it('has what was punched, and not what was written into a hole', () =>
    withFile(6, [0], async (file) => {
      expect(await read(file, keeperOf({ 3: 'p', 0: '\0' }))).toEqual({ text: '...p..', state: 'whole' });
    }));

  it('is complete when what was kept comes in several answers', () =>
    withFile(300, [5, 6, 7, 8], async (file) => {
      const { text } = await read(
        file,
        keeperOf({ 5: 'a', 6: 'b', 7: 'c', 8: 'd', 200: 'e', 299: 'f' }, { runsAtOnce: 1 }),
      );
      expect(text.replaceAll('.', '')).toBe('abcdef');
      expect([text[5], text[200], text[299]]).toEqual(['a', 'e', 'f']);
    }));

  it('has the size of the hold, whether the file is longer or shorter now', () =>
    withFile(4, [0, 1, 2, 3], async (file) => {
      expect(await read(file, keeperOf({}), 2 * pageBytes)).toEqual({ text: 'NN', state: 'whole' });
      ftruncateSync(file.fd, pageBytes);
      expect(await read(file, keeperOf({ 1: 'a', 2: 'b' }), 3 * pageBytes)).toEqual({ text: 'Nab', state: 'whole' });
    }));

  it('is torn when it is lost on the way, or found to be so at the end, and when it is read twice', () =>
    withFile(2, [0], async (file) => {
      expect((await read(file, keeperOf({}, { kept: () => undefined }))).state).toBe('torn');
      expect((await read(file, keeperOf({}, { finish: () => 'late' }))).state).toBe('torn');
      const content = heldContent(file, entryMeta(statxDescriptor(file.fd), noDetail), keeperOf({}));
      expect((await readContent(content)).verdict.state).toBe('whole');
      expect((await readContent(content)).verdict.state).toBe('torn');
    }));
});
