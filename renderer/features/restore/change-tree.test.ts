import { describe, expect, it } from 'vitest';
import {
  buildChangeTree,
  crowdedFolders,
  entriesBelow,
  tickOfFolder,
  untickedPerFolder,
  visibleRows,
} from './change-tree.ts';
import { someEntry } from './testing/plans.ts';

const entries = [
  someEntry('/home/ana/Projects/thesis/chapter-3.md', 'replace'),
  someEntry('/home/ana/Projects/thesis/chapter-10.md', 'replace'),
  someEntry('/home/ana/Projects/thesis/figures', 'add', { type: 'dir' }),
  someEntry('/home/ana/Projects/thesis/figures/overview.svg', 'add'),
  someEntry('/home/ana/Projects/notes.txt', 'same'),
  someEntry('/home/ana/budget.ods', 'replace'),
];

function outline(closed: string[] = []): string[] {
  return visibleRows(buildChangeTree(entries), new Set(closed)).rows.map(
    (row) => `${'  '.repeat(row.depth)}${row.name}${row.kind === 'folder' ? '/' : ''}`,
  );
}

describe('the tree of changes', () => {
  it('makes up the folders between, folders first, numbers in the order people count', () => {
    expect(outline()).toEqual([
      'Projects/',
      '  thesis/',
      '    figures/',
      '      overview.svg',
      '    chapter-3.md',
      '    chapter-10.md',
      '  notes.txt',
      'budget.ods',
    ]);
  });

  it('leaves out the stem that holds nothing else', () => {
    expect(visibleRows(buildChangeTree(entries), new Set()).stem).toBe('/home/ana');
  });

  it('lists the stem when it changes itself', () => {
    const tree = buildChangeTree([...entries, someEntry('/home/ana', 'metadata', { type: 'dir' })]);
    const { stem, rows } = visibleRows(tree, new Set());
    expect(stem).toBe('/home');
    expect(rows[0]).toMatchObject({ name: 'ana', depth: 0 });
  });

  it('hides what is below a closed folder', () => {
    expect(outline(['/home/ana/Projects'])).toEqual(['Projects/', 'budget.ods']);
  });

  it('counts changes below a folder, and not what stays', () => {
    const [projects] = visibleRows(buildChangeTree(entries), new Set()).rows;
    expect(projects).toMatchObject({ kind: 'folder', changes: 4 });
  });

  it('finds everything that unticking a folder spares, itself included', () => {
    const tree = buildChangeTree(entries);
    const below = entriesBelow(tree, '/home/ana/Projects/thesis').map((entry) => entry.path);
    expect(below.sort()).toEqual(
      entries
        .map((entry) => entry.path)
        .filter((path) => path.includes('/thesis/'))
        .sort(),
    );
    expect(entriesBelow(tree, '/home/ana/budget.ods')).toHaveLength(1);
    expect(entriesBelow(tree, '/nowhere')).toHaveLength(0);
  });

  it('shows a folder as ticked, unticked or mixed by what is below it', () => {
    const tree = buildChangeTree(entries);
    const { rows } = visibleRows(tree, new Set());
    const tick = (name: string, off: string[]): string | undefined => {
      const row = rows.find((candidate) => candidate.name === name);
      return row?.kind === 'folder' ? tickOfFolder(row, untickedPerFolder(off)) : undefined;
    };
    const thesis = entriesBelow(tree, '/home/ana/Projects/thesis').map((entry) => entry.path);
    expect(tick('Projects', [])).toBe('on');
    expect(tick('Projects', ['/home/ana/Projects/thesis/chapter-3.md'])).toBe('mixed');
    expect(tick('Projects', thesis)).toBe('off');
    expect(tick('thesis', ['/home/ana/budget.ods'])).toBe('on');
  });

  it('begins with crowded folders closed, and with everything open where the list is short', () => {
    const pages = Array.from({ length: 90 }, (_, index) => someEntry(`/home/ana/site/page-${index}`, 'replace'));
    expect([...crowdedFolders(buildChangeTree([...entries, ...pages]))]).toEqual(['/home/ana/site']);
    expect([...crowdedFolders(buildChangeTree(pages.slice(0, 50)))]).toEqual([]);
  });

  it('holds a hundred thousand entries', () => {
    const many = Array.from({ length: 100_000 }, (_, index) => someEntry(`/data/${index % 100}/file-${index}`, 'add'));
    const { rows } = visibleRows(buildChangeTree(many), new Set());
    expect(rows).toHaveLength(100_100);
  });
});
