import { expect, it } from 'vitest';
import { StillpointError } from '../../../shared/errors/index.ts';
import { FakeCatalog } from '../testing/fake-catalog.ts';
import { evidenceOf, repositoryId, snapshotOf, sources } from '../testing/world-data.ts';
import { CatalogSync } from './catalog-sync.ts';
import type { HelperCalls } from './ports.ts';

const [photos] = sources;
if (!photos) throw new Error('the world has a source');
const one = snapshotOf(photos, 1, Date.parse('2025-11-20T02:00:00Z'));
const two = snapshotOf(photos, 2, Date.parse('2025-11-21T02:00:00Z'));
const both = [one, two];

/** A sync over a helper whose evidence of one snapshot fails. */
function syncWith(failure: StillpointError) {
  const catalog = new FakeCatalog();
  const announced: (readonly string[])[] = [];
  const readingAfter: (readonly string[])[] = [];
  const call = async (name: string, params: { snapshotId?: string }): Promise<unknown> => {
    if (name === 'snapshots.list') return { snapshots: both, total: both.length };
    if (params.snapshotId === two.id) throw failure;
    return { evidence: evidenceOf(one) };
  };
  const sync: CatalogSync = new CatalogSync({
    catalog,
    access: { call: call as HelperCalls['call'], list: async () => [] },
    runs: { fromLog: async () => undefined, settledAnew: async () => undefined },
    logs: { ids: async () => [] },
    announce: (topics) => {
      // What is shown by now has its evidence.
      announced.push([...catalog.evidence.keys()]);
      expect(topics).toContain('timeline');
    },
    onRead: () => void readingAfter.push(sync.reading),
    report: () => {},
  });
  return { sync, catalog, announced, readingAfter };
}

const error = (kind: 'repository-damaged' | 'io'): StillpointError =>
  new StillpointError({ kind, message: 'It cannot be read.', guidance: '' });

it('shows snapshots together with their evidence, and takes damaged evidence for none', async () => {
  const { sync, catalog, announced } = syncWith(error('repository-damaged'));
  await sync.repository(repositoryId);
  expect(announced).toHaveLength(1);
  expect(announced[0]).toHaveLength(2);
  expect([...catalog.evidence.values()].filter((evidence) => evidence === null)).toHaveLength(1);
});

it('shows what there is when the place goes away meanwhile', async () => {
  const { sync, catalog, announced } = syncWith(error('io'));
  await expect(sync.repository(repositoryId)).rejects.toMatchObject({ kind: 'io' });
  expect(announced).toHaveLength(1);
  expect(catalog.snapshots.size).toBe(2);
});

it.each(['repository-damaged', 'io'] as const)('says what is being read, and when it is no more: %s', async (kind) => {
  const { sync, readingAfter } = syncWith(error(kind));
  expect(sync.reading).toEqual([]);
  const read = sync.repository(repositoryId);
  expect(sync.reading).toEqual([repositoryId]);
  await read.catch(() => undefined);
  expect(readingAfter).toEqual([[]]);
});
