import { expect, it } from 'vitest';
import { memoryCatalog } from './testing/memory-catalog.ts';
import { backupRun, repositoryId, summary } from './testing/samples.ts';

it('answers by number, and says what is wrong with a request', () => {
  const { catalog } = memoryCatalog();
  expect(catalog.answer({ seq: 7, name: 'runs.known', params: {} })).toEqual({
    type: 'answer',
    seq: 7,
    ok: true,
    value: [],
  });
  expect(catalog.answer({ seq: 8, name: 'runs.get', params: { runId: 'x' } })).toMatchObject({ seq: 8, ok: false });
  expect(() => catalog.answer({ seq: 9, name: 'drop', params: {} })).toThrow();
});

it('does all of a request or nothing', () => {
  const { catalog, count } = memoryCatalog();
  const broken = { ...backupRun(2, []), title: null as unknown as string };
  expect(() => catalog.call('runs.put', { runs: [backupRun(1, []), broken] })).toThrow();
  expect(count('runs')).toBe(0);
});

it('can be emptied', () => {
  const { catalog, count } = memoryCatalog();
  catalog.call('snapshots.sync', { repositoryId, snapshots: [summary(1)] });
  catalog.call('runs.put', { runs: [backupRun(1, ['scan'])] });
  const entries = [{ path: '/needle', type: 'file', size: 1, modifiedAt: summary(1).time }] as const;
  const key = { repositoryId, snapshotId: summary(1).id };
  catalog.call('files.add', { ...key, entries: [...entries] });
  catalog.call('clear', {});
  expect(['snapshots', 'runs', 'run_phases', 'names', 'paths', 'versions', 'lineages'].map(count)).toEqual(
    Array(7).fill(0),
  );
  catalog.call('snapshots.sync', { repositoryId, snapshots: [summary(1)] });
  catalog.call('files.add', { ...key, entries: [...entries] });
  expect(catalog.call('files.search', { text: 'needle', limit: 5 }).hits).toHaveLength(1);
});
