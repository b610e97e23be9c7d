import { describe, expect, it } from 'vitest';
import type { BlobId } from '../../../../shared/domain/ids.ts';
import { encodeTree } from '../format/tree.ts';
import { memoryRepository } from '../testing/memory-repository.ts';
import { dir, file, storeSnapshot } from '../testing/tree-literal.ts';
import { TreeCache } from './tree-cache.ts';

const empty = encodeTree([]);

/** A cache of `budget` bytes over blobs of equal length, and what was really loaded. */
function watched(budget: number): { load: (id: string) => Promise<unknown>; loaded: string[] } {
  const cache = new TreeCache(budget);
  const loaded: string[] = [];
  const blob = (id: string): Promise<Buffer> => {
    loaded.push(id);
    return Promise.resolve(empty);
  };
  return { load: (id) => cache.load(id as BlobId, blob), loaded };
}

describe('the cache of trees', () => {
  it('loads once what it keeps, and lets the least recently used go', async () => {
    const { load, loaded } = watched(empty.length * 3);
    for (const id of ['a', 'b', 'c', 'a', 'd', 'a', 'c', 'd', 'b']) await load(id);
    expect(loaded).toEqual(['a', 'b', 'c', 'd', 'b']);
  });

  it('does not keep a tree that would push out all others', async () => {
    const { load, loaded } = watched(empty.length);
    for (const id of ['a', 'a']) await load(id);
    expect(loaded).toEqual(['a', 'a']);
  });
});

describe('walking a tree', () => {
  it('visits a directory before what is in it, with names as bytes and as text', async () => {
    const { repository } = await memoryRepository();
    const odd = new Map([[Buffer.from([0xff]), file('x')]]);
    const { tree } = await storeSnapshot(repository, { b: dir({ c: file('c'), a: dir(odd) }), a: file('a') });
    const visited: [string, string][] = [];
    for await (const { path, names } of repository.walk(tree))
      visited.push([path, Buffer.concat(names).toString('hex')]);
    expect(visited).toEqual([
      ['/a', '61'],
      ['/b', '62'],
      ['/b/a', '6261'],
      ['/b/a/\\xff', '6261ff'],
      ['/b/c', '6263'],
    ]);
  });

  it('goes as deep as a filesystem can, and stops at a cancel', async () => {
    const { repository } = await memoryRepository();
    const { tree: bottom } = await storeSnapshot(repository, { d: dir({ end: file('x') }) });
    const [node] = (await repository.loadTree(bottom)).nodes;
    const tree = await repository.locks.withLock({ mode: 'shared' }, (lock) =>
      repository.withWriter(lock, {}, async (writer) => {
        let below = bottom;
        for (let level = 0; level < 2000 && node; level += 1) {
          below = (await writer.saveTree([{ ...node, subtree: below }])).id;
        }
        return below;
      }),
    );
    let count = 0;
    for await (const _ of repository.walk(tree)) count += 1;
    expect(count).toBe(2002);
    const cancel = new AbortController();
    const walk = repository.walk(tree, cancel.signal);
    await walk.next();
    cancel.abort();
    await expect(walk.next()).rejects.toMatchObject({ kind: 'cancelled' });
  });
});
