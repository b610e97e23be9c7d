import { describe, expect, it } from 'vitest';
import type { TreeEntry } from '../../../shared/domain/snapshot.ts';
import { breadcrumbs } from './breadcrumbs.ts';
import {
  allEntries,
  entryAt,
  isComplete,
  missingPages,
  noPages,
  pageSize,
  readCount,
  withPage,
} from './folder-pages.ts';
import { modeText } from './mode-text.ts';
import { nextSorting, sortEntries } from './sort-entries.ts';
import { nextMatch } from './type-ahead.ts';

function entry(name: string, more: Partial<TreeEntry> = {}): TreeEntry {
  const modifiedAt = '2026-01-01T00:00:00Z';
  return { name, type: 'file', size: 1, modifiedAt, mode: 0o644, uid: 0, gid: 0, ...more };
}
const page = (number: number, length: number): TreeEntry[] =>
  Array.from({ length }, (_, index) => entry(`e${number * pageSize + index}`));

describe('a folder read in pages', () => {
  const total = 2 * pageSize + 500;
  const first = withPage(noPages, 0, page(0, pageSize), total);

  it('knows which pages the rows on screen need', () => {
    expect(missingPages(noPages, 0, 40)).toEqual([0]);
    expect(missingPages(first, 0, 40)).toEqual([]);
    expect(missingPages(first, pageSize - 10, pageSize + 10)).toEqual([1]);
    expect(missingPages(first, 0, total + 9_999)).toEqual([1, 2]);
  });

  it('finds an entry by its row, and none where the page is missing', () => {
    expect(entryAt(first, 7)?.name).toBe('e7');
    expect(entryAt(first, pageSize)).toBeUndefined();
  });

  it('is complete with its last page, in stored order whatever the order of arrival', () => {
    const all = withPage(withPage(first, 2, page(2, 500), total), 1, page(1, pageSize), total);
    expect([isComplete(first), isComplete(all)]).toEqual([false, true]);
    expect(allEntries(all).map(({ name }) => name)).toEqual(Array.from({ length: total }, (_, index) => `e${index}`));
    expect(readCount(first)).toBe(pageSize);
  });

  it('is complete when it is empty', () => {
    expect(isComplete(withPage(noPages, 0, [], 0))).toBe(true);
    expect(isComplete(noPages)).toBe(false);
  });
});

describe('sorting', () => {
  const names = (entries: readonly TreeEntry[]): string[] => entries.map(({ name }) => name);
  const entries = [
    entry('b10', { size: 5 }),
    entry('b9', { size: 9, modifiedAt: '2026-02-01T00:00:00Z' }),
    entry('Folder', { type: 'dir', size: 0 }),
    entry('a', { size: 5 }),
  ];

  it('puts folders first and counts numbers as people do', () => {
    expect(names(sortEntries(entries, { column: 'name', descending: false }))).toEqual(['Folder', 'a', 'b9', 'b10']);
  });

  it('keeps folders first when it is turned round', () => {
    expect(names(sortEntries(entries, { column: 'name', descending: true }))).toEqual(['Folder', 'b10', 'b9', 'a']);
    expect(names(sortEntries(entries, { column: 'size', descending: true }))).toEqual(['Folder', 'b9', 'a', 'b10']);
    expect(names(sortEntries(entries, { column: 'modified', descending: true }))[1]).toBe('b9');
  });

  it('begins a column with what people look for: names from a, sizes from the largest, dates from the newest', () => {
    expect(nextSorting(null, 'name').descending).toBe(false);
    expect(nextSorting(null, 'size').descending).toBe(true);
    expect(nextSorting({ column: 'size', descending: true }, 'size').descending).toBe(false);
  });
});

describe('breadcrumbs', () => {
  it('lead from the root to the folder', () => {
    expect(breadcrumbs('/home/ana')).toEqual([
      { name: '/', path: '/' },
      { name: 'home', path: '/home' },
      { name: 'ana', path: '/home/ana' },
    ]);
    expect(breadcrumbs('/')).toEqual([{ name: '/', path: '/' }]);
  });
});

describe('rights', () => {
  it.each([
    [0o755, 'dir', 'drwxr-xr-x'],
    [0o640, 'file', '-rw-r-----'],
    [0o4755, 'file', '-rwsr-xr-x'],
    [0o1777, 'dir', 'drwxrwxrwt'],
    [0o2644, 'file', '-rw-r-Sr--'],
    [0o777, 'symlink', 'lrwxrwxrwx'],
  ] as const)('%o of a %s reads %s', (mode, type, text) => expect(modeText(mode, type)).toBe(text));
});

describe('typing ahead', () => {
  const list = ['Apple', 'apricot', 'Banana', undefined, 'bread'];
  const at = (index: number): string | undefined => list[index];

  it('goes to the next name that begins so, and round', () => {
    expect(nextMatch('b', 0, list.length, at)).toBe(2);
    expect(nextMatch('b', 2, list.length, at)).toBe(4);
    expect(nextMatch('b', 4, list.length, at)).toBe(2);
    expect(nextMatch('a', 1, list.length, at)).toBe(0);
  });

  it('stays on a name that still fits while more is typed', () => {
    expect(nextMatch('ap', 0, list.length, at)).toBe(0);
    expect(nextMatch('apr', 0, list.length, at)).toBe(1);
  });

  it('finds nothing where nothing begins so', () => {
    expect(nextMatch('z', 0, list.length, at)).toBeNull();
  });
});
