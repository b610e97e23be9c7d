import { describe, expect, it } from 'vitest';
import type { BlobId } from '../../../shared/domain/ids.ts';
import type { MostlyAs, StillEntry, StillView } from '../quiesce/contract.ts';
import { captureAs } from './capture.ts';
import type { Captured, CaptureOptions } from './contract.ts';
import { CountingReporter, entryOf, type LiteralEntry, viewOf } from './testing/literal-view.ts';
import { MemoryBlobStore } from './testing/memory-blob-store.ts';

const accounts = { user: () => undefined, group: () => undefined };
const version = 'v1';
const sub: Readonly<Record<string, LiteralEntry>> = {
  one: { bytes: 'one' },
  two: { bytes: 'two' },
  deep: { entries: { six: { bytes: 'sixsix' } } },
  link: { meta: { type: 'symlink' } },
};
const rest: MostlyAs['rest'] = { files: 2, directories: 1, others: 1, bytes: 9 };

function take(view: StillView, store: MemoryBlobStore, options: Partial<CaptureOptions> = {}): Promise<Captured> {
  const report = new CountingReporter();
  const fixed = { signal: new AbortController().signal, report, parentTree: null, parentFlushedAtNs: null };
  return captureAs(accounts, view, store, { ...fixed, ...options });
}

/** A directory whose entries must not be asked for, beside those that changed. */
function mostly(changed: readonly StillEntry[], more: Partial<MostlyAs> = {}): StillEntry {
  const children = (): AsyncIterable<StillEntry> => {
    throw new Error('it was looked into');
  };
  const mostlyAs = (): MostlyAs => ({ version, names: 4, changed, rest, ...more });
  return { ...entryOf('sub', { entries: {} }), children, mostlyAs };
}

function viewWith(entry: StillEntry): StillView {
  const view = viewOf({ entries: {} });
  const children = async function* (): AsyncIterable<StillEntry> {
    yield entry;
  };
  return { ...view, root: { ...view.root, children } };
}

const now: Readonly<Record<string, LiteralEntry>> = { ...sub, two: { bytes: 'changed' } };
const changedTwo = entryOf('two', { bytes: 'changed' });

async function parentIn(store: MemoryBlobStore): Promise<Partial<CaptureOptions>> {
  const { rootTree } = await take(viewOf({ entries: { sub: { entries: sub } } }), store);
  return { parentTree: rootTree, parentBase: version };
}

async function whole(store: MemoryBlobStore): Promise<{ tree: BlobId; totals: Captured['totals'] }> {
  const { rootTree, totals } = await take(viewOf({ entries: { sub: { entries: now } } }), store);
  return { tree: rootTree, totals };
}

describe('a folder that is as it was but for some of it', () => {
  it('is stored as if all of it had been looked at, and only what changed was', async () => {
    const store = new MemoryBlobStore();
    const options = await parentIn(store);
    const { rootTree, totals } = await take(viewWith(mostly([changedTwo])), store, options);
    const expected = await whole(store);
    expect(rootTree).toBe(expected.tree);
    const { files, directories, others, bytes } = expected.totals;
    expect(totals).toMatchObject({ files, directories, others, bytes, reusedFiles: 2 });
  });

  it('has folders in it that changed themselves', async () => {
    const store = new MemoryBlobStore();
    const options = await parentIn(store);
    const deep = entryOf('deep', { entries: { six: { bytes: 'sixsix' }, new: { bytes: 'new' } } });
    const below = { files: 2, directories: 0, others: 1, bytes: 6 };
    const { rootTree } = await take(viewWith(mostly([deep], { rest: below })), store, options);
    const six = await store.find(rootTree, '/home/ann/docs/sub/deep/six');
    expect(store.content(six).toString()).toBe('sixsix');
    expect(store.content(await store.find(rootTree, '/home/ann/docs/sub/deep/new')).toString()).toBe('new');
    expect(store.content(await store.find(rootTree, '/home/ann/docs/sub/one')).toString()).toBe('one');
  });

  it('loses what changed and could not be read, and says so', async () => {
    const store = new MemoryBlobStore();
    const options = await parentIn(store);
    const broken = entryOf('two', { read: async () => ({ state: 'unreadable', reason: 'broken' }) });
    const { rootTree, totals } = await take(viewWith(mostly([broken])), store, options);
    expect(await store.find(rootTree, '/home/ann/docs/sub/two')).toBeUndefined();
    expect(await store.find(rootTree, '/home/ann/docs/sub/one')).toBeDefined();
    expect(totals.unreadable).toHaveLength(1);
  });

  it.each<[string, Partial<CaptureOptions>, Partial<MostlyAs>]>([
    ['the parent is of another version', { parentBase: 'v0' }, {}],
    ['no version is known of the parent', { parentBase: undefined }, {}],
    ['there is no parent', { parentTree: null }, {}],
    ['the parent has other names, or fewer', {}, { names: 5 }],
    ['the parent lacks what changed', {}, { changed: [changedTwo, entryOf('three', { bytes: '3' })] }],
  ])('is looked into where %s', async (_why, options, more) => {
    const store = new MemoryBlobStore();
    const parent = await parentIn(store);
    const entry = mostly([changedTwo], more);
    const view = viewWith({ ...entry, children: entryOf('sub', { entries: now }).children });
    const { rootTree } = await take(view, store, { ...parent, ...options });
    expect(rootTree).toBe((await whole(store)).tree);
    await expect(take(viewWith(entry), store, { ...parent, ...options })).rejects.toThrow('looked into');
  });

  it('is looked into where something below it is not stored any more', async () => {
    const store = new MemoryBlobStore();
    const options = await parentIn(store);
    const [gone] = (await store.find(options.parentTree as BlobId, '/home/ann/docs/sub/deep/six'))?.content ?? [];
    store.data.delete(gone as BlobId);
    await expect(take(viewWith(mostly([changedTwo])), store, options)).rejects.toThrow('looked into');
  });
});
