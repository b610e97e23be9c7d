import { describe, expect, it } from 'vitest';
import type { BlobId } from '../../../shared/domain/ids.ts';
import type { ContentSink, ContentVerdict, EntryMeta } from '../quiesce/contract.ts';
import { isBaseNotStored } from './base-content.ts';
import { captureAs } from './capture.ts';
import type { Captured, CaptureOptions } from './contract.ts';
import { CountingReporter, type LiteralEntry, metaOf, viewOf } from './testing/literal-view.ts';
import { MemoryBlobStore } from './testing/memory-blob-store.ts';

const accounts = { user: () => undefined, group: () => undefined };
const meta: Partial<EntryMeta> = { inode: 42n, mtimeNs: 1000n, ctimeNs: 2000n };
const flushedAfter = 2001n;

function take(entry: LiteralEntry, store: MemoryBlobStore, options: Partial<CaptureOptions> = {}): Promise<Captured> {
  return captureAs(accounts, viewOf({ entries: { a: entry } }), store, {
    signal: new AbortController().signal,
    report: new CountingReporter(),
    parentTree: null,
    parentFlushedAtNs: flushedAfter,
    ...options,
  });
}

describe('an unchanged file', () => {
  const before: LiteralEntry = { bytes: 'content', meta };

  async function readAgain(
    now: Partial<EntryMeta>,
    options: Partial<CaptureOptions> = {},
    reusable = true,
  ): Promise<boolean> {
    const store = new MemoryBlobStore();
    const { rootTree: parentTree } = await take(before, store);
    const { totals, rootTree } = await take({ bytes: 'CONTENT', meta: { ...meta, ...now }, reusable }, store, {
      parentTree,
      ...options,
    });
    const stored = store.content(await store.find(rootTree, '/home/ann/docs/a')).toString();
    expect(stored).toBe(totals.reusedFiles === 1 ? 'content' : 'CONTENT');
    return totals.reusedFiles === 0;
  }

  it('is not read again when everything that could betray a change is equal', async () => {
    expect(await readAgain({})).toBe(false);
    expect(await readAgain({ mode: 0o100600, uid: 5 })).toBe(false);
  });

  it.each<[string, Partial<EntryMeta>]>([
    ['mtime', { mtimeNs: 1001n }],
    ['ctime', { ctimeNs: 1999n }],
    ['inode', { inode: 43n }],
    ['size', { size: 6n }],
  ])('is read again when its %s differs', async (_what, now) => {
    expect(await readAgain(now)).toBe(true);
  });

  it('is read again when the method does not vouch for metadata', async () => {
    expect(await readAgain({}, {}, false)).toBe(true);
  });

  it('is read again when it may have been dirty at the flush before the parent was read', async () => {
    expect(await readAgain({}, { parentFlushedAtNs: 2000n })).toBe(true);
    expect(await readAgain({}, { parentFlushedAtNs: null })).toBe(true);
  });

  it('is read again when any of its blobs, or the parent itself, is gone from the repository', async () => {
    const store = new MemoryBlobStore(4);
    const { rootTree: parentTree } = await take(before, store);
    const file = await store.find(parentTree, '/home/ann/docs/a');
    store.data.delete(file?.content?.[1] as BlobId);
    const again = await take({ ...before, reusable: true }, store, { parentTree });
    expect(again.totals.reusedFiles).toBe(0);
    store.trees.clear();
    expect((await take({ ...before, reusable: true }, store, { parentTree })).totals.reusedFiles).toBe(0);
  });

  it('takes its new metadata along with the old content', async () => {
    const store = new MemoryBlobStore();
    const { rootTree: parentTree } = await take(before, store);
    const { rootTree } = await take({ bytes: 'CONTENT', meta: { ...meta, mode: 0o100600 }, reusable: true }, store, {
      parentTree,
    });
    const node = await store.find(rootTree, '/home/ann/docs/a');
    expect(node?.mode).toBe(0o600);
    expect(store.content(node).toString()).toBe('content');
  });
});

describe('ranges that equal a base version', () => {
  const old = Buffer.from('aaaabbbbccccdd');

  async function change(
    read: (sink: ContentSink) => Promise<void>,
    options: {
      readonly size: number;
      readonly base?: string;
      readonly parentBase?: string;
      readonly lose?: boolean;
      readonly onLoad?: (id: BlobId) => void;
    },
  ): Promise<{ readonly text: string; readonly store: MemoryBlobStore; readonly ids: readonly BlobId[] }> {
    const store = new MemoryBlobStore(4);
    const { rootTree: parentTree } = await take({ bytes: old }, store);
    if (options.lose) store.data.delete((await store.find(parentTree, '/home/ann/docs/a'))?.content?.[2] as BlobId);
    store.saved.length = 0;
    const load = store.loadData.bind(store);
    store.loadData = (id) => {
      options.onLoad?.(id);
      return load(id);
    };
    const now: LiteralEntry = {
      base: options.base ?? 'checkpoint-1',
      read: async (sink): Promise<ContentVerdict> => {
        await read(sink);
        return { state: 'whole', meta: metaOf('file', { size: BigInt(options.size) }) };
      },
    };
    const { rootTree } = await take(now, store, { parentTree, parentBase: options.parentBase ?? 'checkpoint-1' });
    const node = await store.find(rootTree, '/home/ann/docs/a');
    return { text: store.content(node).toString(), store, ids: node?.content ?? [] };
  }

  it('are taken over by reference, whole chunks without being read', async () => {
    const { text, store } = await change(
      async (sink) => {
        await sink.same(4);
        await sink.data(Buffer.from('XXXX'));
        await sink.same(6);
      },
      { size: 14 },
    );
    expect(text).toBe('aaaaXXXXccccdd');
    expect(store.saved).toEqual([4]);
  });

  it('may begin and end inside chunks', async () => {
    const { text } = await change(
      async (sink) => {
        await sink.same(6);
        await sink.data(Buffer.from('YY'));
        await sink.same(3);
        await sink.data(Buffer.from('Z'));
      },
      { size: 12 },
    );
    expect(text).toBe('aaaabbYYcccZ');
  });

  it('load a chunk once, however many of them are in it', async () => {
    const loads: BlobId[] = [];
    const { text } = await change(
      async (sink) => {
        for (let range = 0; range < 6; range += 1) await sink.same(1);
        await sink.data(Buffer.from('Z'));
      },
      { size: 7, onLoad: (id) => loads.push(id) },
    );
    expect([text, loads.length]).toEqual(['aaaabbZ', 2]);
  });

  it.each([
    ['the parent holds another version', { parentBase: 'checkpoint-0' }],
    ['a chunk of it is gone', { lose: true }],
  ])('are refused when %s, and the method can send everything instead', async (_why, options) => {
    const { text } = await change(
      async (sink) => {
        try {
          await sink.same(4);
        } catch (error) {
          if (!isBaseNotStored(error)) throw error;
          sink.restart();
          await sink.data(Buffer.from('in full'));
        }
      },
      { size: 7, ...options },
    );
    expect(text).toBe('in full');
  });

  it('are refused beyond the end of the base', async () => {
    await expect(change((sink) => sink.same(15), { size: 15 })).rejects.toSatisfy(isBaseNotStored);
  });
});
