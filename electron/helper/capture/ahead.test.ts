import { describe, expect, it } from 'vitest';
import type { AheadStore, ContentSink, ContentVerdict, EntryMeta, FileToTake, Taken } from '../quiesce/contract.ts';
import { createAhead } from './ahead.ts';
import { captureAs } from './capture.ts';
import type { Captured, ParentOptions } from './contract.ts';
import { CountingReporter, type LiteralEntry, metaOf, viewOf } from './testing/literal-view.ts';
import { MemoryBlobStore } from './testing/memory-blob-store.ts';

const accounts = { user: () => undefined, group: () => undefined };
const signal = new AbortController().signal;
const none: ParentOptions = { parentTree: null, parentFlushedAtNs: null };
const stamped: Partial<EntryMeta> = { inode: 42n, mtimeNs: 1000n, ctimeNs: 2000n };

function capture(entry: LiteralEntry, store: MemoryBlobStore, parent: ParentOptions = none): Promise<Captured> {
  const report = new CountingReporter();
  return captureAs(accounts, viewOf({ entries: { a: entry } }), store, { signal, report, ...parent });
}

/** What a method hands over for `/home/ann/docs/a`. */
function fileOf(read: (sink: ContentSink) => Promise<ContentVerdict>, more: Partial<FileToTake> = {}): FileToTake {
  const path = ['home', 'ann', 'docs', 'a'].map((name) => Buffer.from(name));
  const meta = metaOf('file', stamped);
  return { path, meta, reusable: false, content: { base: null, readInto: read }, ...more };
}

function whole(text: string): (sink: ContentSink) => Promise<ContentVerdict> {
  return async (sink) => {
    await sink.data(Buffer.from(text));
    return { state: 'whole', meta: metaOf('file', { ...stamped, size: BigInt(text.length) }) };
  };
}

async function takenOf(ahead: AheadStore, file: FileToTake): Promise<Extract<Taken, { state: 'taken' }>> {
  const taken = await ahead.take(file, signal);
  if (taken.state !== 'taken') throw new Error(taken.state);
  return taken;
}

const unread = async (): Promise<ContentVerdict> => {
  throw new Error('it was read');
};

describe('content stored ahead', () => {
  it('becomes a file of the view without being read or stored again, metadata as the view has it', async () => {
    const store = new MemoryBlobStore(4);
    const taken = await takenOf(createAhead(store, none, new CountingReporter()), fileOf(whole('hello world')));
    expect(taken).toMatchObject({ isReused: false, content: { length: 11 }, meta: { size: 11n } });
    store.saved.length = 0;
    const entry: LiteralEntry = { taken: taken.content, read: unread, meta: { size: 11n, mode: 0o100600 } };
    const { rootTree, totals } = await capture(entry, store);
    const node = await store.find(rootTree, '/home/ann/docs/a');
    expect([store.content(node).toString(), node?.mode, node?.size]).toEqual(['hello world', 0o600, 11n]);
    expect(store.saved).toEqual([]);
    expect(totals).toMatchObject({ files: 1, bytes: 11, reusedFiles: 0, tornTotal: 0 });
  });

  it('of another length than the view says is torn, and the node has the length that is stored', async () => {
    const store = new MemoryBlobStore();
    const { content } = await takenOf(createAhead(store, none, new CountingReporter()), fileOf(whole('hello')));
    const { rootTree, totals } = await capture({ taken: content, read: unread, meta: { size: 6n } }, store);
    expect(totals.torn).toEqual([{ path: '/home/ann/docs/a', reason: '5 bytes were read of a file of 6 bytes.' }]);
    expect((await store.find(rootTree, '/home/ann/docs/a'))?.size).toBe(5n);
  });

  it('is taken also when it changed meanwhile, and not when there was nothing', async () => {
    const ahead = createAhead(new MemoryBlobStore(), none, new CountingReporter());
    const torn = async (sink: ContentSink): Promise<ContentVerdict> => {
      await sink.data(Buffer.from('half'));
      return { state: 'torn', reason: 'growing', meta: metaOf('file', { size: 9n }) };
    };
    expect(await takenOf(ahead, fileOf(torn))).toMatchObject({ content: { length: 4 }, meta: { size: 9n } });
    const gone = fileOf(async () => ({ state: 'vanished' }));
    const forbidden = fileOf(async () => ({ state: 'unreadable', reason: 'No permission.' }));
    expect(await ahead.take(gone, signal)).toEqual({ state: 'vanished' });
    expect(await ahead.take(forbidden, signal)).toEqual({ state: 'unreadable', reason: 'No permission.' });
  });

  it('that nobody took here is refused', async () => {
    const entry: LiteralEntry = { taken: { length: 3 }, read: unread, meta: { size: 3n } };
    await expect(capture(entry, new MemoryBlobStore())).rejects.toMatchObject({ kind: 'internal' });
  });

  it('tells bytes once, and each file', async () => {
    const report = new CountingReporter();
    const ahead = createAhead(new MemoryBlobStore(), none, report);
    const twice = async (sink: ContentSink): Promise<ContentVerdict> => {
      await sink.data(Buffer.from('abc'));
      sink.restart();
      return whole('abcde')(sink);
    };
    await Promise.all([ahead.take(fileOf(twice), signal), ahead.take(fileOf(whole('xy')), signal)]);
    expect([report.files, report.bytes]).toEqual([2, 7]);
  });

  it('ends at a cancel, and a failure of the store is the failure of the take', async () => {
    const store = new MemoryBlobStore();
    const ahead = createAhead(store, none, new CountingReporter());
    await expect(ahead.take(fileOf(unread), AbortSignal.abort())).rejects.toMatchObject({ kind: 'cancelled' });
    store.beforeSave = async () => {
      throw new Error('disk full');
    };
    await expect(ahead.take(fileOf(whole('abc')), signal)).rejects.toThrow('disk full');
    await ahead.settle();
  });
});

describe('settling', () => {
  it('waits for every take that is under way before it asks for what is stored to be durable', async () => {
    const store = new MemoryBlobStore();
    const ahead = createAhead(store, none, new CountingReporter());
    let goOn = (): void => {};
    const gate = new Promise<void>((resolve) => {
      goOn = resolve;
    });
    const late = async (sink: ContentSink): Promise<ContentVerdict> => {
      await gate;
      return whole('late')(sink);
    };
    const taking = Promise.all([ahead.take(fileOf(late), signal), ahead.take(fileOf(whole('soon')), signal)]);
    const settled = ahead.settle();
    await new Promise((resolve) => setImmediate(resolve));
    expect(store.settled).toEqual([]);
    goOn();
    await settled;
    expect(store.settled).toEqual([2]);
    await taking;
  });
});

describe('what the snapshot before holds', () => {
  const flushed = 2001n;

  /** A parent with one file, and whether a file offered now is taken from it. */
  async function offer(more: Partial<FileToTake>, parent: Partial<ParentOptions> = {}, lose = false) {
    const store = new MemoryBlobStore(4);
    const before = await capture({ bytes: 'content', meta: stamped }, store);
    const node = await store.find(before.rootTree, '/home/ann/docs/a');
    if (lose) store.data.delete(node?.content?.[0] ?? ('' as never));
    const report = new CountingReporter();
    const ahead = createAhead(store, { parentTree: before.rootTree, parentFlushedAtNs: flushed, ...parent }, report);
    const meta = metaOf('file', { ...stamped, size: 7n });
    const taken = await takenOf(ahead, fileOf(whole('CONTENT'), { meta, ...more }));
    const { rootTree, totals } = await capture({ taken: taken.content, read: unread, meta: { size: 7n } }, store);
    const stored = store.content(await store.find(rootTree, '/home/ann/docs/a')).toString();
    expect([stored, totals.reusedFiles]).toEqual(taken.isReused ? ['content', 1] : ['CONTENT', 0]);
    expect([report.files, report.bytes]).toEqual([1, 7]);
    return taken.isReused;
  }

  it('is taken unread by the rules of reuse, and only by them', async () => {
    expect(await offer({ reusable: true })).toBe(true);
    expect(await offer({ reusable: false })).toBe(false);
    expect(await offer({ reusable: true }, { parentFlushedAtNs: 2000n })).toBe(false);
    expect(await offer({ reusable: true }, { parentTree: null })).toBe(false);
    expect(await offer({ reusable: true }, {}, true)).toBe(false);
    const moved = metaOf('file', { ...stamped, size: 7n, mtimeNs: 1001n });
    expect(await offer({ reusable: true, meta: moved })).toBe(false);
    expect(await offer({ reusable: true, path: [Buffer.from('elsewhere'), Buffer.from('a')] })).toBe(false);
  });

  it('is taken whatever the metadata says when it is of the version that the method vouches for', async () => {
    const meta = metaOf('file', { size: 7n, mtimeNs: 5n, ctimeNs: 99_999n, inode: 7n });
    expect(await offer({ meta, sameAs: 'v1' }, { parentBase: 'v1' })).toBe(true);
    expect(await offer({ meta, sameAs: 'v1' }, { parentBase: 'v0' })).toBe(false);
    expect(await offer({ meta, sameAs: 'v1' })).toBe(false);
    expect(await offer({ meta, sameAs: 'v1' }, { parentBase: 'v1' }, true)).toBe(false);
    expect(await offer({ meta: { ...meta, size: 8n }, sameAs: 'v1' }, { parentBase: 'v1' })).toBe(false);
  });
});
