import { describe, expect, it } from 'vitest';
import type { PathEntry } from '../contract.ts';
import { memoryCatalog } from '../testing/memory-catalog.ts';
import { foreign, repositoryId, snapshotId, summary } from '../testing/samples.ts';

const modified = (second: number): string => `2025-11-20T01:00:${String(second).padStart(2, '0')}.123456Z`;
const file = (path: string, second = 0, size = 10): PathEntry => ({
  path,
  type: 'file',
  size,
  modifiedAt: modified(second),
});

/** Snapshots 1, 2, 3 … with these paths, indexed in the order given. */
function indexed(contents: Record<number, PathEntry[]>, order = Object.keys(contents).map(Number)) {
  const kit = memoryCatalog();
  kit.catalog.call('snapshots.sync', { repositoryId, snapshots: Object.keys(contents).map((n) => summary(Number(n))) });
  for (const n of order) {
    const key = { repositoryId, snapshotId: snapshotId(n) };
    kit.catalog.call('files.add', { ...key, entries: contents[n] ?? [] });
    kit.catalog.call('files.finish', key);
  }
  const search = (text: string) => kit.catalog.call('files.search', { text, limit: 50 });
  const found = (text: string) => search(text).hits.map(({ path }) => path);
  const versions = (path: string) =>
    kit.catalog.call('files.versions', { repositoryId, path }).map(({ snapshot, ...rest }) => [snapshot.id, rest]);
  return { ...kit, search, found, versions };
}

describe('the file index', () => {
  it.each([
    ['in order of time', [1, 2, 3]],
    ['newest first', [3, 2, 1]],
    ['in any order', [2, 3, 1]],
  ])('knows the versions of a file, indexed %s', (_what, order) => {
    const { versions, search } = indexed(
      { 1: [file('/d/a', 1)], 2: [file('/d/a', 1)], 3: [file('/d/a', 5, 20)] },
      order,
    );
    expect(versions('/d/a')).toEqual([
      [snapshotId(3), { size: 20, modifiedAt: modified(5) }],
      [snapshotId(2), { size: 10, modifiedAt: modified(1) }],
    ]);
    expect(search('a').hits).toMatchObject([
      { path: '/d/a', versions: 2, size: 20, sourceName: 'Photos', latest: { id: snapshotId(3) } },
    ]);
  });

  it('keeps one row for a path that stays the same in a thousand snapshots', () => {
    const contents = Object.fromEntries(Array.from({ length: 1_000 }, (_, n) => [n + 1, [file('/d/a')]]));
    const { count, versions } = indexed(contents);
    expect({ versions: count('versions'), paths: count('paths') }).toEqual({ versions: 1, paths: 1 });
    expect(versions('/d/a')).toEqual([[snapshotId(1_000), { size: 10, modifiedAt: modified(0) }]]);
  });

  it('does not count a snapshot twice when its paths come again', () => {
    const kit = indexed({ 1: [file('/a')], 2: [file('/a')] });
    const key = { repositoryId, snapshotId: snapshotId(2) };
    kit.catalog.call('files.add', { ...key, entries: [file('/a'), file('/b')] });
    kit.catalog.call('files.add', { ...key, entries: [file('/a'), file('/b')] });
    expect(kit.count('versions')).toBe(2);
  });

  it('forgets what only a deleted snapshot had, and nothing else', () => {
    const { catalog, count, found, versions } = indexed({
      1: [file('/d/old'), file('/d/kept')],
      2: [file('/d/kept'), file('/d/middle')],
      3: [file('/d/kept', 9)],
    });
    catalog.call('snapshots.remove', { repositoryId, snapshotId: snapshotId(1) });
    expect([found('old'), found('kept')]).toEqual([[], ['/d/kept']]);
    catalog.call('snapshots.remove', { repositoryId, snapshotId: snapshotId(2) });
    expect(found('middle')).toEqual([]);
    expect(versions('/d/kept')).toEqual([[snapshotId(3), { size: 10, modifiedAt: modified(9) }]]);
    expect({ names: count('names'), paths: count('paths'), versions: count('versions') }).toEqual({
      names: 1,
      paths: 1,
      versions: 1,
    });
  });

  it('leaves out our own files', () => {
    expect(indexed({ 1: [file('/.stillpoint/evidence.json'), file('/x.json')] }).found('json')).toEqual(['/x.json']);
  });

  it('says what is next, newest first, and when it is complete', () => {
    const { catalog, search } = indexed({ 1: [file('/a')], 2: [], 3: [file('/a')] }, [2]);
    const next = () => catalog.call('files.next', { repositoryId });
    expect([next(), search('a').complete]).toEqual([snapshotId(3), false]);
    for (const n of [3, 1]) {
      const key = { repositoryId, snapshotId: snapshotId(n) };
      catalog.call('files.add', { ...key, entries: [] });
      catalog.call('files.finish', key);
    }
    expect([next(), search('a').complete]).toEqual([null, true]);
  });

  it('covers snapshots of other programs, one line of them per host and folders', () => {
    const kit = memoryCatalog();
    const snapshots = [foreign(1), foreign(2, { paths: ['/other'] }), foreign(3)];
    kit.catalog.call('snapshots.sync', { repositoryId, snapshots });
    for (const n of [1, 2, 3]) {
      kit.catalog.call('files.add', { repositoryId, snapshotId: snapshotId(n), entries: [file('/same')] });
    }
    expect(kit.count('lineages')).toBe(2);
    expect(kit.catalog.call('files.search', { text: 'same', limit: 5 }).hits).toMatchObject([
      { versions: 1, latest: { id: snapshotId(3), kind: 'foreign' } },
    ]);
  });
});

describe('search', () => {
  const names = [
    '/home/u/Bericht 2024.pdf',
    '/home/u/bericht.txt',
    '/home/u/old/Altbericht.txt',
    '/home/u/отчёт.txt',
    '/home/u/日本.txt',
    '/home/u/100%_sure.txt',
    '/home/u/tab\\there',
    '/home/u/say \\"hi\\"',
    '/home/u/ab',
  ];
  const { found } = indexed({ 1: names.map((name) => file(name)) });

  it.each([
    ['bericht', ['/home/u/Bericht 2024.pdf', '/home/u/bericht.txt', '/home/u/old/Altbericht.txt']],
    ['BERICHT.txt', ['/home/u/bericht.txt', '/home/u/old/Altbericht.txt']],
    ['2024 beri', ['/home/u/Bericht 2024.pdf']],
    ['old/bericht', ['/home/u/old/Altbericht.txt']],
    ['ОТЧЁТ', ['/home/u/отчёт.txt']],
    ['日本', ['/home/u/日本.txt']],
    ['0%_', ['/home/u/100%_sure.txt']],
    ['100%_', ['/home/u/100%_sure.txt']],
    ['b\\t', []],
    ['say "hi"', ['/home/u/say \\"hi\\"']],
    ['ab', ['/home/u/ab', '/home/u/tab\\there']],
    ['" OR name : *', []],
    ['   ', []],
    ['/', []],
  ])('for %s', (text, expected) => {
    expect(found(text)).toEqual(expected);
  });
});
