import { describe, expect, it } from 'vitest';
import type { BlobId } from '../../../shared/domain/ids.ts';
import type { StillView } from '../quiesce/contract.ts';
import { captureAs } from './capture.ts';
import type { Captured, CaptureOptions } from './contract.ts';
import { addFiles } from './extra-files.ts';
import { CountingReporter, entryOf, type LiteralEntry, metaOf, viewOf } from './testing/literal-view.ts';
import { MemoryBlobStore } from './testing/memory-blob-store.ts';

const accounts = {
  user: (uid: number) => (uid === 1000 ? 'ann' : undefined),
  group: (gid: number) => (gid === 100 ? 'users' : undefined),
};

function take(view: StillView, store: MemoryBlobStore, options: Partial<CaptureOptions> = {}): Promise<Captured> {
  return captureAs(accounts, view, store, {
    signal: new AbortController().signal,
    report: new CountingReporter(),
    parentTree: null,
    parentFlushedAtNs: null,
    ...options,
  });
}

async function namesAt(store: MemoryBlobStore, tree: BlobId | undefined): Promise<string[]> {
  return (await store.loadTree(tree as BlobId)).map(({ name }) => name.toString('latin1'));
}

describe('the tree of a capture', () => {
  it('hangs at the absolute path with the metadata of its ancestors, and keeps content', async () => {
    const store = new MemoryBlobStore(4);
    const root = { entries: { a: { bytes: 'hello world' }, sub: { entries: { b: { bytes: '' } } } } };
    const { rootTree, totals } = await take(viewOf(root), store);
    const file = await store.find(rootTree, '/home/ann/docs/a');
    expect(store.content(file).toString()).toBe('hello world');
    expect(file?.content).toHaveLength(3);
    expect((await store.find(rootTree, '/home/ann/docs/sub/b'))?.content).toEqual([]);
    expect((await store.find(rootTree, '/home'))?.mode).toBe(2 ** 31 + 0o711);
    expect(totals).toMatchObject({ files: 2, directories: 2, others: 0, bytes: 11, reusedFiles: 0 });
    const all = [...store.data.values(), ...store.trees.values()];
    expect(totals.newBytes).toBe(all.reduce((sum, bytes) => sum + bytes.length, 0));
  });

  it('sorts by raw bytes, whatever the order of the listing', async () => {
    const store = new MemoryBlobStore();
    const names = ['b', 'a', 'B', '\xff', '\xc3\xa9', 'a.b', 'a-b', 'ab'];
    const { rootTree } = await take(
      viewOf({ entries: Object.fromEntries(names.map((name) => [name, { bytes: name }])) }),
      store,
    );
    const docs = await store.find(rootTree, '/home/ann/docs');
    const expected = names.map((name) => Buffer.from(name, 'latin1')).sort(Buffer.compare);
    expect(await namesAt(store, docs?.subtree)).toEqual(expected.map((name) => name.toString('latin1')));
  });

  it('stores metadata in the words of the format', async () => {
    const store = new MemoryBlobStore();
    const xattrs = [
      { name: Buffer.from('user.z'), value: Buffer.from([0, 255]) },
      { name: Buffer.from('user.a'), value: Buffer.from('1') },
    ];
    const { rootTree, totals } = await take(
      viewOf({
        entries: {
          run: { bytes: 'x', meta: { mode: 0o104755, uid: 1000, gid: 100, links: 1n, xattrs } },
          link: { meta: { type: 'symlink', linkTarget: Buffer.from([0x2f, 0xff]), size: 2n } },
          null: { meta: { type: 'chardev', rdev: 259n, mode: 0o020666 } },
          pipe: { meta: { type: 'fifo', links: 2n } },
        },
      }),
      store,
    );
    const run = await store.find(rootTree, '/home/ann/docs/run');
    expect(run).toMatchObject({ mode: 2 ** 23 + 0o755, uid: 1000, user: 'ann', group: 'users' });
    expect(run?.mtimeNs).toBe(1_700_000_000_123_456_789n);
    expect(run?.atimeNs).toBe(run?.mtimeNs);
    expect(run?.extendedAttributes?.map(({ name }) => name)).toEqual(['user.a', 'user.z']);
    const link = await store.find(rootTree, '/home/ann/docs/link');
    expect(link?.linkTarget).toEqual(Buffer.from([0x2f, 0xff]));
    expect(link?.size).toBe(0n);
    expect((await store.find(rootTree, '/home/ann/docs/null'))?.device).toBe(259n);
    expect((await store.find(rootTree, '/home/ann/docs/pipe'))?.links).toBe(0n);
    expect(totals.others).toBe(3);
  });

  it('is the same tree again when nothing changed', async () => {
    const store = new MemoryBlobStore();
    const view = viewOf({ entries: { a: { bytes: 'x' }, d: { entries: {} } } });
    const first = await take(view, store);
    const again = await take(view, store);
    expect(again.rootTree).toBe(first.rootTree);
    expect(again.totals.newBytes).toBe(0);
  });

  it('takes the root directory itself as a source', async () => {
    const store = new MemoryBlobStore();
    const root = {
      ...entryOf('', { entries: { etc: { entries: { passwd: { bytes: 'p' } } } } }),
      name: Buffer.alloc(0),
    };
    const first = await take({ ancestors: [], root, unreadable: () => [] }, store);
    expect(store.content(await store.find(first.rootTree, '/etc/passwd')).toString()).toBe('p');
    expect(await namesAt(store, first.rootTree)).toEqual(['etc']);
  });
});

describe('files added to a finished tree', () => {
  const content = Buffer.from('{"level":1}');

  it('are private, dated alike, and beside what the source has there', async () => {
    const store = new MemoryBlobStore();
    const own: LiteralEntry = { entries: { '.stillpoint': { entries: { own: { bytes: 'o' } } } } };
    const root = { ...entryOf('', own), name: Buffer.alloc(0) };
    const { rootTree } = await take({ ancestors: [], root, unreadable: () => [] }, store);
    const tree = await addFiles(store, rootTree, [{ path: '/.stillpoint/evidence.json', content }]);
    const evidence = await store.find(tree, '/.stillpoint/evidence.json');
    expect(store.content(evidence)).toEqual(content);
    expect(evidence).toMatchObject({ mode: 0o600, mtimeNs: 0n });
    expect(store.content(await store.find(tree, '/.stillpoint/own')).toString()).toBe('o');
  });

  it('bring their directories with them, and make the same tree again', async () => {
    const store = new MemoryBlobStore();
    const { rootTree } = await take(viewOf({ entries: {} }), store);
    const files = [
      { path: '/.s/e', content: Buffer.alloc(0) },
      { path: '/.s/f', content },
    ];
    const tree = await addFiles(store, rootTree, files);
    expect((await store.find(tree, '/.s'))?.mode).toBe(2 ** 31 + 0o700);
    expect(await namesAt(store, (await store.find(tree, '/.s'))?.subtree)).toEqual(['e', 'f']);
    expect(await namesAt(store, tree)).toEqual(['.s', 'home']);
    expect(await addFiles(store, rootTree, files)).toBe(tree);
  });
});

describe('reading', () => {
  it('reads each inode once and gives every name the same content', async () => {
    const store = new MemoryBlobStore();
    let reads = 0;
    const linked: LiteralEntry = {
      meta: { inode: 5n, links: 3n, size: 4n },
      read: async (sink, meta) => {
        reads += 1;
        await sink.data(Buffer.from('once'));
        return { state: 'whole', meta };
      },
    };
    const { rootTree } = await take(
      viewOf({ entries: { a: linked, b: linked, d: { entries: { c: linked } } } }),
      store,
    );
    expect(reads).toBe(1);
    for (const path of ['a', 'b', 'd/c']) {
      expect(store.content(await store.find(rootTree, `/home/ann/docs/${path}`)).toString()).toBe('once');
    }
  });

  it('reads a further name itself when the first one vanished', async () => {
    const store = new MemoryBlobStore();
    const meta = { inode: 5n, links: 2n, size: 2n };
    const { rootTree, totals } = await take(
      viewOf({ entries: { a: { meta, read: async () => ({ state: 'vanished' }) }, b: { meta, bytes: 'ok' } } }),
      store,
    );
    expect(await store.find(rootTree, '/home/ann/docs/a')).toBeUndefined();
    expect(store.content(await store.find(rootTree, '/home/ann/docs/b')).toString()).toBe('ok');
    expect(totals).toMatchObject({ files: 1, unreadableTotal: 0, tornTotal: 0 });
  });

  it('keeps nothing of what was sent before a restart, and tells its bytes once', async () => {
    const store = new MemoryBlobStore(3);
    const report = new CountingReporter();
    const { rootTree } = await take(
      viewOf({
        entries: {
          a: {
            meta: { size: 5n },
            read: async (sink, meta) => {
              await sink.data(Buffer.from('xxxxxxx'));
              sink.restart();
              await sink.data(Buffer.from('fi'));
              await sink.data(Buffer.from('nal'));
              return { state: 'whole', meta };
            },
          },
        },
      }),
      store,
      { report },
    );
    expect(store.content(await store.find(rootTree, '/home/ann/docs/a')).toString()).toBe('final');
    expect(report).toMatchObject({ files: 1, bytes: 7 });
  });

  it('survives a view that fills its buffer again at once', async () => {
    const store = new MemoryBlobStore(1000);
    const { rootTree } = await take(
      viewOf({
        entries: {
          a: {
            meta: { size: 6n },
            read: async (sink, meta) => {
              const buffer = Buffer.alloc(2);
              for (const text of ['ab', 'cd', 'ef']) {
                buffer.write(text);
                await sink.data(buffer);
              }
              return { state: 'whole', meta };
            },
          },
        },
      }),
      store,
    );
    expect(store.content(await store.find(rootTree, '/home/ann/docs/a')).toString()).toBe('abcdef');
  });

  it('lists torn and unreadable files with exact totals and capped lists', async () => {
    const store = new MemoryBlobStore();
    const entries: Record<string, LiteralEntry> = {};
    for (let index = 0; index < 1005; index += 1) {
      entries[`t${index}`] = { read: async (_sink, meta) => ({ state: 'torn', meta, reason: 'changed' }) };
      entries[`u${index}`] = { read: async () => ({ state: 'unreadable', reason: 'no right' }) };
    }
    const { totals, rootTree } = await take(viewOf({ entries }), store);
    expect(totals).toMatchObject({ tornTotal: 1005, unreadableTotal: 1005, files: 1005 });
    expect(totals.torn).toHaveLength(1000);
    expect(totals.unreadable).toHaveLength(1000);
    expect(totals.torn[0]?.path).toMatch(/^\/home\/ann\/docs\/t\d+$/);
    expect(await store.find(rootTree, '/home/ann/docs/u0')).toBeUndefined();
  });

  it('does not believe a whole file that is not as long as it says', async () => {
    const store = new MemoryBlobStore();
    const { totals, rootTree } = await take(viewOf({ entries: { a: { bytes: 'four', meta: { size: 5n } } } }), store);
    expect(totals.tornTotal).toBe(1);
    expect((await store.find(rootTree, '/home/ann/docs/a'))?.size).toBe(4n);
  });

  it('has few files open at once', async () => {
    const store = new MemoryBlobStore();
    let open = 0;
    let most = 0;
    const entries = Object.fromEntries(
      Array.from({ length: 60 }, (_, index): [string, LiteralEntry] => [
        `f${index}`,
        {
          read: async (_sink, meta) => {
            open += 1;
            most = Math.max(most, open);
            await new Promise((resolve) => setImmediate(resolve));
            open -= 1;
            return { state: 'whole', meta };
          },
        },
      ]),
    );
    await take(viewOf({ entries }), store);
    expect(most).toBe(8);
  });

  it('stops at a cancel, with nothing left under way', async () => {
    const store = new MemoryBlobStore();
    const controller = new AbortController();
    let reading = 0;
    const endless: LiteralEntry = {
      read: async (sink, meta) => {
        reading += 1;
        try {
          for (let index = 0; ; index += 1) {
            if (index === 5) controller.abort();
            await sink.data(Buffer.alloc(10, index));
            if (index > 100) return { state: 'whole', meta };
          }
        } finally {
          reading -= 1;
        }
      },
    };
    const running = take(viewOf({ entries: { a: endless, b: endless, c: { bytes: 'c' } } }), store, {
      signal: controller.signal,
    });
    await expect(running).rejects.toMatchObject({ kind: 'cancelled' });
    expect(reading).toBe(0);
  });

  it('ends with the error of the repository', async () => {
    const store = new MemoryBlobStore();
    store.beforeSave = async () => {
      throw new Error('disk gone');
    };
    await expect(
      take(viewOf({ entries: { a: { bytes: 'x' }, d: { entries: { b: { bytes: 'y' } } } } }), store),
    ).rejects.toThrow('disk gone');
  });
});

describe('holes', () => {
  const sparse = (hole: number): LiteralEntry => ({
    meta: { size: BigInt(hole) + 4n },
    read: async (sink, meta) => {
      await sink.data(Buffer.from('ab'));
      await sink.hole(hole);
      await sink.data(Buffer.from('yz'));
      return { state: 'whole', meta };
    },
  });

  it('stores them as zeros', async () => {
    for (const hole of [1, 4096, 256 * 1024, 9 * 1024 * 1024 + 4097]) {
      const store = new MemoryBlobStore();
      const { rootTree } = await take(viewOf({ entries: { a: sparse(hole) } }), store);
      const expected = Buffer.concat([Buffer.from('ab'), Buffer.alloc(hole), Buffer.from('yz')]);
      expect(store.content(await store.find(rootTree, '/home/ann/docs/a')).equals(expected)).toBe(true);
    }
  });

  it('hashes the zeros of a terabyte once', async () => {
    const store = new MemoryBlobStore();
    const { rootTree, totals } = await take(viewOf({ entries: { a: sparse(2 ** 40), b: sparse(2 ** 40) } }), store);
    expect(store.saved.reduce((sum, length) => sum + length, 0)).toBeLessThan(9 * 1024 * 1024);
    expect(totals.bytes).toBe(2 * (2 ** 40 + 4));
    expect((await store.find(rootTree, '/home/ann/docs/b'))?.size).toBe(2n ** 40n + 4n);
  });
});

describe('entries that cannot be part of a path', () => {
  it('are listed and left out', async () => {
    const store = new MemoryBlobStore();
    const bad = { ...entryOf('x', { bytes: 'x' }), name: Buffer.from('a/b') };
    const docs = {
      ...entryOf('docs', { entries: {} }),
      children: async function* () {
        yield bad;
      },
    };
    const view: StillView = {
      ancestors: [{ name: Buffer.from('home'), meta: metaOf('dir') }],
      root: docs,
      unreadable: () => [],
    };
    const { totals, rootTree } = await take(view, store);
    expect(totals.unreadableTotal).toBe(1);
    expect(await namesAt(store, (await store.find(rootTree, '/home/docs'))?.subtree)).toEqual([]);
  });
});
