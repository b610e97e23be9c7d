import { describe, expect, it } from 'vitest';
import type { BlobId } from '../../../shared/domain/ids.ts';
import type { SameAs, StillEntry, StillView } from '../quiesce/contract.ts';
import { isBaseNotStored } from './base-content.ts';
import { captureAs } from './capture.ts';
import type { Captured, CaptureOptions } from './contract.ts';
import { CountingReporter, entryOf, type LiteralEntry, metaOf, viewOf } from './testing/literal-view.ts';
import { MemoryBlobStore } from './testing/memory-blob-store.ts';

const accounts = { user: () => undefined, group: () => undefined };
const version = 'v1';
const below: SameAs['below'] = { files: 2, directories: 1, others: 1, bytes: 9 };
const sub: LiteralEntry = {
  entries: {
    one: { bytes: 'one' },
    deep: { entries: { six: { bytes: 'sixsix' } } },
    link: { meta: { type: 'symlink' } },
  },
};
const asBefore = { version, below };

function take(view: StillView, store: MemoryBlobStore, options: Partial<CaptureOptions> = {}): Promise<Captured> {
  const report = new CountingReporter();
  const fixed = { signal: new AbortController().signal, report, parentTree: null, parentFlushedAtNs: null };
  return captureAs(accounts, view, store, { ...fixed, ...options });
}

/** A directory that must not be looked into. */
function closed(sameAs: SameAs | undefined = asBefore): StillEntry {
  const children = (): AsyncIterable<StillEntry> => {
    throw new Error('it was looked into');
  };
  return { ...entryOf('sub', { entries: {}, meta: { mode: 0o040700, mtimeNs: 5n } }), children, sameAs };
}

function viewWith(...entries: readonly StillEntry[]): StillView {
  const view = viewOf({ entries: {} });
  const children = async function* (): AsyncIterable<StillEntry> {
    yield* entries;
  };
  return { ...view, root: { ...view.root, children } };
}

async function parentOf(store: MemoryBlobStore, entries: Readonly<Record<string, LiteralEntry>>): Promise<BlobId> {
  return (await take(viewOf({ entries }), store)).rootTree;
}

describe('a folder that is as it was', () => {
  it('refers to the tree of before, unread, with metadata of its own, and counts what is below', async () => {
    const store = new MemoryBlobStore();
    const parentTree = await parentOf(store, { sub });
    const before = await store.find(parentTree, '/home/ann/docs/sub');
    const report = new CountingReporter();
    const { rootTree, totals } = await take(viewWith(closed()), store, { parentTree, parentBase: version, report });
    const now = await store.find(rootTree, '/home/ann/docs/sub');
    expect(now?.subtree).toBe(before?.subtree);
    expect([now?.mode, now?.mtimeNs]).toEqual([2 ** 31 + 0o700, 5n]);
    expect(totals).toMatchObject({ files: 2, directories: 3, others: 1, bytes: 9, reusedFiles: 2 });
    expect([report.files, report.bytes]).toEqual([3, 9]);
  });

  it('counts the same as when it is read', async () => {
    const store = new MemoryBlobStore();
    const parentTree = await parentOf(store, { sub });
    const { totals } = await take(viewWith(closed()), store, { parentTree, parentBase: version });
    const { files, directories, others, bytes } = (await take(viewOf({ entries: { sub } }), store)).totals;
    expect(totals).toMatchObject({ files, directories, others, bytes });
  });

  it('may be the source itself', async () => {
    const store = new MemoryBlobStore();
    const parentTree = await parentOf(store, { sub });
    const view = viewOf({ entries: {}, sameAs: asBefore });
    const { rootTree } = await take(view, store, { parentTree, parentBase: version });
    expect(rootTree).toBe(parentTree);
  });

  it.each<[string, Partial<CaptureOptions>]>([
    ['the parent is of another version', { parentBase: 'v0' }],
    ['no version is known of the parent', {}],
    ['there is no parent', { parentBase: version, parentTree: null }],
  ])('is looked into when %s', async (_why, options) => {
    const store = new MemoryBlobStore();
    const parentTree = await parentOf(store, { sub });
    const open = { ...entryOf('sub', { entries: { new: { bytes: 'new' } } }), sameAs: asBefore };
    const { rootTree, totals } = await take(viewWith(open), store, { parentTree, ...options });
    expect(store.content(await store.find(rootTree, '/home/ann/docs/sub/new')).toString()).toBe('new');
    expect(totals.reusedFiles).toBe(0);
    await expect(take(viewWith(closed()), store, { parentTree, ...options })).rejects.toThrow('looked into');
  });

  it('is looked into when anything below it is gone, or the parent has no folder of that name', async () => {
    const store = new MemoryBlobStore();
    const parentTree = await parentOf(store, { sub, other: { bytes: 'x' } });
    const options = { parentTree, parentBase: version };
    const other = { ...closed(), name: Buffer.from('other') };
    await expect(take(viewWith(other), store, options)).rejects.toThrow('looked into');
    const absent = { ...closed(), name: Buffer.from('absent') };
    await expect(take(viewWith(absent), store, options)).rejects.toThrow('looked into');
    store.data.delete((await store.find(parentTree, '/home/ann/docs/sub/deep/six'))?.content?.[0] as BlobId);
    await expect(take(viewWith(closed()), store, options)).rejects.toThrow('looked into');
  });

  it('fails the capture when only the parent could have told what is in it', async () => {
    const store = new MemoryBlobStore();
    const bare = { ...closed(), children: null };
    await expect(take(viewWith(bare), store, { parentBase: version })).rejects.toSatisfy(isBaseNotStored);
    const file = { ...entryOf('a', { sameAs: version }), content: null };
    await expect(take(viewWith(file), store, { parentBase: version })).rejects.toSatisfy(isBaseNotStored);
  });
});

describe('a file that is as it was', () => {
  async function again(now: LiteralEntry, options: Partial<CaptureOptions> = { parentBase: version }, lose = false) {
    const store = new MemoryBlobStore(4);
    const parentTree = await parentOf(store, { a: { bytes: 'content' } });
    if (lose) store.data.delete((await store.find(parentTree, '/home/ann/docs/a'))?.content?.[1] as BlobId);
    const { rootTree, totals } = await take(viewOf({ entries: { a: now } }), store, { parentTree, ...options });
    const node = await store.find(rootTree, '/home/ann/docs/a');
    return { text: store.content(node).toString(), reused: totals.reusedFiles, mtimeNs: node?.mtimeNs };
  }
  const now: LiteralEntry = { bytes: 'CONTENT', sameAs: version, meta: { mtimeNs: 9n, ctimeNs: 8n } };

  it('keeps its content under new metadata', async () => {
    expect(await again(now)).toEqual({ text: 'content', reused: 1, mtimeNs: 9n });
  });

  it('is read when the parent is of another version, has lost a part, or has another length', async () => {
    const read = { text: 'CONTENT', reused: 0, mtimeNs: 9n };
    expect(await again(now, { parentBase: 'v0' })).toEqual(read);
    expect(await again(now, {})).toEqual(read);
    expect(await again(now, { parentBase: version }, true)).toEqual(read);
    const longer = { ...now, bytes: 'CONTENT!' };
    expect(await again(longer)).toEqual({ ...read, text: 'CONTENT!' });
  });
});

describe('a view that is in memory', () => {
  it('lets the event loop turn however many entries one folder has', async () => {
    const entries = 100_000;
    const meta = metaOf('fifo');
    const view = viewOf({ entries: {} });
    const children = async function* (): AsyncIterable<StillEntry> {
      for (let n = 0; n < entries; n += 1)
        yield { name: Buffer.from(`n${n}`), meta, children: null, content: null, reusable: false };
    };
    let turns = 0;
    let isOver = false;
    const turn = (): void => {
      turns += 1;
      if (!isOver) setImmediate(turn);
    };
    let seen = 0;
    const report = new CountingReporter();
    report.advance = () => {
      seen += 1;
      if (seen === entries) isOver = true;
    };
    setImmediate(turn);
    await take({ ...view, root: { ...view.root, children } }, new MemoryBlobStore(), { report });
    expect([seen, turns > 3]).toEqual([entries, true]);
  });
});
