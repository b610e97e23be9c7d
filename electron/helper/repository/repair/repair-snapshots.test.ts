import { describe, expect, it } from 'vitest';
import type { BlobId } from '../../../../shared/domain/ids.ts';
import type { Backend } from '../backend/contract.ts';
import type { MemoryBackend } from '../backend/memory/memory-backend.ts';
import { Sealer } from '../crypto/sealer.ts';
import { Documents } from '../documents.ts';
import { unlock } from '../keys/key-store.ts';
import { openRepository } from '../open.ts';
import type { Repository } from '../repository.ts';
import { assertHealthy } from '../testing/assert-healthy.ts';
import { atEveryStep } from '../testing/break-after.ts';
import { keysOf } from '../testing/memory-copy.ts';
import { memoryRepository, testOptions } from '../testing/memory-repository.ts';
import { SeededRandom } from '../testing/seeded-random.ts';
import { dir, file, storeDirectory, storeSnapshot } from '../testing/tree-literal.ts';
import { withWriter } from '../testing/with-writer.ts';
import type { SnapshotRepaired } from './repair-snapshots.ts';
import type { DamagedParts } from './rewrite-tree.ts';

const options = { ...testOptions, packTarget: 1 };
const open = (backend: Backend): Promise<Repository> => openRepository(backend, options);

interface Sample {
  readonly backend: MemoryBackend;
  readonly whole: string;
  readonly torn: string;
  /** The pack of a blob. */
  readonly packOf: (type: 'data' | 'tree', id: BlobId) => string;
  readonly find: (path: string) => Promise<{ content: readonly BlobId[]; subtree: BlobId | undefined }>;
}

/** Every blob in a pack of its own; `two` has two parts. */
async function sample(): Promise<Sample> {
  const random = new SeededRandom(93);
  const { backend, repository } = await memoryRepository(options);
  const shared = dir({ kept: file(random.bytes(4_000)) });
  const whole = await storeSnapshot(repository, { shared }, { timeNs: 1n, tags: ['a'] });
  const first = random.bytes(3_000);
  const second = random.bytes(3_500);
  const nodes = await withWriter(repository, async (writer) => [
    (await writer.saveBlob('data', first)).id,
    (await writer.saveBlob('data', second)).id,
  ]);
  const torn = await repository.locks.withLock({ mode: 'shared' }, async (lock) => {
    const tree = await repository.withWriter(lock, {}, async (writer) => {
      const inner = await storeDirectory(repository, writer, { one: file(random.bytes(4_100)), fine: file('fine') });
      const tree = await repository.loadTree(whole.tree);
      const node = { ...(tree.nodes[0] ?? fail()), subtree: undefined };
      const two = { ...node, type: 'file' as const, mode: 0o644, size: 6_500n, content: nodes };
      const folder = (name: string, subtree: BlobId) => ({ ...node, name: Buffer.from(name), subtree });
      const sub = await writer.saveTree([
        { ...two, name: Buffer.from('two') },
        { ...two, name: Buffer.from('two.damaged'), content: nodes.slice(0, 1), size: 3_000n },
        // Between the name that one of them has and the one it gets.
        { ...two, name: Buffer.from('two-b'), content: nodes.slice(0, 1), size: 3_000n },
        folder('inner', inner),
      ]);
      const shares = (await repository.loadTree(whole.tree)).nodes[0]?.subtree ?? fail();
      return (await writer.saveTree([folder('sub', sub.id), folder('shared', shares)])).id;
    });
    const fields = {
      timeNs: 2n,
      tree,
      paths: ['/b'],
      hostname: 'h',
      username: 'u',
      uid: 0,
      gid: 0,
      excludes: [],
      tags: [],
    };
    return repository.snapshots.publish(lock, fields);
  });
  const find: Sample['find'] = async (path) => {
    for await (const walked of repository.walk(torn.tree))
      if (walked.path === path) return { content: walked.node.content ?? [], subtree: walked.node.subtree };
    throw new Error(`no ${path}`);
  };
  const packOf: Sample['packOf'] = (type, id) => `pack/${repository.locateBlob(type, id)?.pack}`;
  return { backend, whole: whole.id, torn: torn.id, packOf, find };
}

function fail(): never {
  throw new Error('unexpected');
}

/** As a person does: first the index, so that it says what is there, then the snapshots. */
async function repair(backend: Backend, parts: DamagedParts = 'rename', forget = false): Promise<SnapshotRepaired> {
  const repository = await open(backend);
  return repository.locks.withLock({ mode: 'exclusive' }, async (lock) => {
    await (await repository.planIndexRepair(lock)).carryOut(lock);
    const plan = await repository.planSnapshotRepair({ parts });
    return plan.carryOut(lock, { forget });
  });
}

async function pathsOf(backend: Backend, id: string): Promise<string[]> {
  const repository = await open(backend);
  const { snapshots } = await repository.snapshots.list();
  const tree = snapshots.find((snapshot) => snapshot.id === id)?.tree ?? fail();
  const paths: string[] = [];
  for await (const { path, node } of repository.walk(tree)) {
    let length = 0;
    for (const blob of node.content ?? []) length += (await repository.loadBlob('data', blob)).length;
    expect(Number(node.size)).toBe(length);
    paths.push(path);
  }
  return paths;
}

describe('repairing snapshots', () => {
  it('touches nothing that is whole', async () => {
    const { backend } = await sample();
    const before = new Map(backend.files);
    expect(await repair(backend)).toEqual({ written: [], forgotten: [] });
    const snapshots = (from: Map<string, Buffer>): string[] =>
      [...from.keys()].filter((key) => !key.startsWith('lock/'));
    expect(snapshots(new Map(backend.files))).toEqual(snapshots(before));
  });

  it('says before it does anything exactly what is lost', async () => {
    const { backend, torn, packOf, find } = await sample();
    const { content } = await find('/sub/two');
    const { subtree } = await find('/sub/inner');
    backend.files.delete(packOf('data', content[1] ?? fail()));
    backend.files.delete(packOf('tree', subtree ?? fail()));
    const repository = await open(backend);
    await repository.locks.withLock({ mode: 'exclusive' }, async (lock) =>
      (await repository.planIndexRepair(lock)).carryOut(lock),
    );
    const before = keysOf(backend, 'snapshot');
    const { damaged, looked } = await (await open(backend)).planSnapshotRepair({ parts: 'rename' });
    expect(looked).toBe(2);
    expect(damaged).toMatchObject([{ id: torn, state: 'repairable', lossesTotal: 2 }]);
    expect(damaged[0]?.losses).toEqual([
      { path: '/sub/inner', what: 'folder', becomes: 'inner.damaged', bytes: 0 },
      { path: '/sub/two', what: 'file-parts', becomes: 'two.damaged-2', bytes: 3_500 },
    ]);
    expect(keysOf(backend, 'snapshot')).toEqual(before);
  });

  it('writes them again with what is left under other names, says of what, and keeps the originals', async () => {
    const { backend, whole, torn, packOf, find } = await sample();
    const { content } = await find('/sub/two');
    backend.files.delete(packOf('data', content[1] ?? fail()));
    const { written, forgotten } = await repair(backend);
    expect(written).toMatchObject([{ id: torn }]);
    expect(forgotten).toEqual([]);
    const as = written[0]?.as ?? fail();
    const shared = ['/shared', '/shared/kept'];
    const inner = ['/sub', '/sub/inner', '/sub/inner/fine', '/sub/inner/one'];
    expect(await pathsOf(backend, as)).toEqual([
      ...shared,
      ...inner,
      '/sub/two-b',
      '/sub/two.damaged',
      '/sub/two.damaged-2',
    ]);
    const { snapshots } = await (await open(backend)).snapshots.list();
    expect(snapshots.map(({ id }) => id)).toEqual(expect.arrayContaining([whole, torn, as]));
    expect(snapshots.find(({ id }) => id === as)).toMatchObject({ original: torn, tags: ['repaired'], timeNs: 2n });
    const repaired = await open(backend);
    const { nodes } = await repaired.loadTree((await repaired.snapshots.load(as)).tree);
    const sub = nodes.find(({ name }) => name.toString() === 'sub')?.subtree ?? fail();
    const names = [...(await repaired.loadBlob('tree', sub)).toString().matchAll(/"name":"([^"]*)"/g)].map(
      ([, name]) => name,
    );
    expect(names).toEqual(['inner', 'two-b', 'two.damaged', 'two.damaged-2']);
    // Once more finds that it was done.
    expect(await repair(backend)).toEqual({ written: [], forgotten: [] });
  });

  it('leaves them out where that is wanted, and forgets the originals only then', async () => {
    const { backend, whole, torn, packOf, find } = await sample();
    const { content } = await find('/sub/two');
    backend.files.delete(packOf('data', content[1] ?? fail()));
    const { written, forgotten } = await repair(backend, 'leave-out', true);
    expect(forgotten).toEqual([torn]);
    const as = written[0]?.as ?? fail();
    expect(await pathsOf(backend, as)).not.toContain('/sub/two');
    expect(await pathsOf(backend, as)).toContain('/sub/two.damaged');
    expect((await (await open(backend)).snapshots.list()).snapshots.map(({ id }) => id)).toEqual([whole, as]);
    expect((await assertHealthy(await open(backend))).findings.every(({ code }) => code === 'blobs-unused')).toBe(true);
  });

  it('cannot write a snapshot again whose first folder is gone, and forgets it only when asked', async () => {
    const { backend, torn, packOf } = await sample();
    const repository = await open(backend);
    const { tree } = await repository.snapshots.load(torn as never);
    backend.files.delete(packOf('tree', tree));
    expect(await repair(backend)).toEqual({ written: [], forgotten: [] });
    expect(await repair(backend, 'rename', true)).toEqual({ written: [], forgotten: [torn] });
  });

  it('forgets nothing while the index lists what cannot be read: packs may be away only for now', async () => {
    const { backend } = await sample();
    const away = [...backend.files].filter(([key]) => key.startsWith('pack/'));
    for (const [key] of away) backend.files.delete(key);
    const before = keysOf(backend, 'snapshot');
    const repository = await open(backend);
    await repository.locks.withLock({ mode: 'exclusive' }, async (lock) => {
      const plan = await repository.planSnapshotRepair({ parts: 'rename' });
      expect(plan.damaged.map(({ state }) => state)).toEqual(['lost', 'lost']);
      await expect(plan.carryOut(lock, { forget: true })).rejects.toMatchObject({ kind: 'repository-damaged' });
      expect(await plan.carryOut(lock, { forget: false })).toEqual({ written: [], forgotten: [] });
    });
    expect(keysOf(backend, 'snapshot')).toEqual(before);
    for (const [key, bytes] of away) backend.files.set(key, bytes);
    expect((await assertHealthy(await open(backend))).findings).toEqual([]);
  });

  it('leaves a snapshot alone that has something of a newer program in it', async () => {
    const { backend, packOf, find } = await sample();
    const repository = await open(backend);
    const text = `{"nodes":[{"name":"new","type":"tomorrow","mode":0,"mtime":"2020-01-01T00:00:00Z","atime":"2020-01-01T00:00:00Z","ctime":"2020-01-01T00:00:00Z","uid":0,"gid":0,"content":null}]}\n`;
    const before = keysOf(backend, 'snapshot');
    const { tree } = (await repository.snapshots.list()).snapshots[1] ?? fail();
    const { id } = await withWriter(repository, (writer) => writer.saveBlob('tree', Buffer.from(text)));
    const root = (await repository.loadBlob('tree', tree)).toString();
    const { subtree } = await find('/sub');
    const changed = Buffer.from(root.replace(subtree ?? fail(), id));
    const made = await withWriter(repository, (writer) => writer.saveBlob('tree', changed));
    const documents = new Documents(backend, new Sealer((await unlock(backend, testOptions.password)).masterKey), 2);
    const snapshot =
      (await repository.snapshots.loadText((await repository.snapshots.list()).snapshots[1]?.id ?? fail())) ?? '';
    const strange = await documents.save('snapshot', snapshot.replace(tree, made.id));
    expect(packOf('tree', tree)).toContain('pack/');
    const { damaged } = await (await open(backend)).planSnapshotRepair({ parts: 'rename' });
    expect(damaged).toMatchObject([{ id: strange, state: 'not-understood' }]);
    expect(await repair(backend, 'rename', true)).toEqual({ written: [], forgotten: [] });
    expect(keysOf(backend, 'snapshot')).toEqual([...before, `snapshot/${strange}`]);
  });

  it('keeps fields of nodes that are unknown here', async () => {
    const { backend, packOf, find } = await sample();
    const repository = await open(backend);
    const { content } = await find('/sub/two');
    const { tree } = (await repository.snapshots.list()).snapshots[1] ?? fail();
    const { subtree } = await find('/sub');
    const text = (await repository.loadBlob('tree', subtree ?? fail())).toString();
    const withMore = Buffer.from(
      text.replaceAll('"type":"file"', '"type":"file","generic_attributes":{"windows.x":12345678901234567890}'),
    );
    await repository.locks.withLock({ mode: 'shared' }, async (lock) => {
      const root = await repository.withWriter(lock, {}, async (writer) => {
        const { id } = await writer.saveTreeBytes(withMore);
        const above = (await repository.loadBlob('tree', tree)).toString().replace(subtree ?? fail(), id);
        return (await writer.saveTreeBytes(Buffer.from(above))).id;
      });
      const { id: _, ...fields } = (await repository.snapshots.list()).snapshots[1] ?? fail();
      await repository.snapshots.publish(lock, { ...fields, timeNs: 3n, tree: root });
    });
    backend.files.delete(packOf('data', content[1] ?? fail()));
    const { written } = await repair(backend);
    expect(written).toHaveLength(2);
    const after = await open(backend);
    const texts: string[] = [];
    for (const { as } of written) {
      const { tree: root } = await after.snapshots.load(as);
      const sub = (await after.loadTree(root)).nodes.find(({ name }) => name.toString() === 'sub')?.subtree;
      texts.push((await after.loadBlob('tree', sub ?? fail())).toString());
    }
    expect(texts.join().match(/"windows.x":12345678901234567890/g)).toHaveLength(3);
  });

  it('leaves a whole repository after a kill at any step', async () => {
    const { backend, whole, torn, packOf, find } = await sample();
    const { content } = await find('/sub/two');
    backend.files.delete(packOf('data', content[1] ?? fail()));
    {
      const repository = await open(backend);
      await repository.locks.withLock({ mode: 'exclusive' }, async (lock) =>
        (await repository.planIndexRepair(lock)).carryOut(lock),
      );
    }
    const steps = await atEveryStep(
      backend,
      open,
      async (repository, lock) => {
        const plan = await repository.planSnapshotRepair({ parts: 'rename' });
        return () => plan.carryOut(lock, { forget: true });
      },
      async (copy) => {
        const { snapshots } = await (await open(copy)).snapshots.list();
        const others = snapshots.filter(({ id }) => id !== torn);
        expect(others.map(({ id }) => id)).toContain(whole);
        // The original goes only when the other is there; that one is whole whenever it is.
        expect(snapshots.some(({ id }) => id === torn) || others.length === 2).toBe(true);
        for (const { id } of others) await pathsOf(copy, id);
        await repair(copy, 'rename', true);
        expect((await (await open(copy)).snapshots.list()).snapshots).toHaveLength(2);
        await assertHealthy(await open(copy));
      },
    );
    expect(steps).toBeGreaterThan(2);
  });
});
