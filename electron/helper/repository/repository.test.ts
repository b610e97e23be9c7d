import { describe, expect, it } from 'vitest';
import type { BlobId } from '../../../shared/domain/ids.ts';
import { MemoryBackend } from './backend/memory/memory-backend.ts';
import { sha256 } from './crypto/hash.ts';
import { findById, identify, initRepository, openRepository } from './open.ts';
import type { Repository } from './repository.ts';
import { assertHealthy } from './testing/assert-healthy.ts';
import { diskFull, faulty } from './testing/faulty.ts';
import { memoryRepository, testOptions } from './testing/memory-repository.ts';
import { SeededRandom } from './testing/seeded-random.ts';
import { dir, file, storeDirectory, storeSnapshot, symlink } from './testing/tree-literal.ts';
import { withWriter } from './testing/with-writer.ts';
import type { RepositoryWriter } from './writer/repository-writer.ts';

const random = new SeededRandom(21);
const kib = 1024;

describe('making and opening a repository', () => {
  it('opens with its password and keeps its id', async () => {
    const { backend, repository } = await memoryRepository();
    expect((await openRepository(backend, testOptions)).id).toBe(repository.id);
  });

  it('says whether the password is wrong or the repository is not there', async () => {
    const { backend } = await memoryRepository();
    await expect(openRepository(backend, { ...testOptions, password: 'guess' })).rejects.toMatchObject({
      kind: 'wrong-password',
      field: 'password',
    });
    await expect(openRepository(new MemoryBackend(), testOptions)).rejects.toMatchObject({ kind: 'repository-absent' });
  });

  it('never makes one over another, over other files, or without a password', async () => {
    const { backend } = await memoryRepository();
    await expect(initRepository(backend, testOptions)).rejects.toMatchObject({ kind: 'repository-exists' });
    const occupied = new MemoryBackend();
    await occupied.save({ kind: 'pack', name: '0'.repeat(64) }, Buffer.alloc(1));
    await expect(initRepository(occupied, testOptions)).rejects.toMatchObject({ kind: 'already-exists' });
    await expect(initRepository(new MemoryBackend(), { ...testOptions, password: '' })).rejects.toMatchObject({
      kind: 'bad-input',
      field: 'password',
    });
  });

  it('is recognised without a password, and found again by its id wherever it is', async () => {
    const { backend, repository } = await memoryRepository();
    const { backend: other } = await memoryRepository();
    const { backend: foreign } = await memoryRepository({ password: 'another' });
    expect(await identify(new MemoryBackend())).toEqual({ content: 'empty', keyIds: [] });
    expect(await identify(backend)).toEqual({ content: 'repository', keyIds: [repository.keys.currentId] });
    const places = [new MemoryBackend(), foreign, other, backend];
    expect((await findById(places, repository.id, testOptions))?.backend).toBe(backend);
    expect(await findById(places.slice(0, 3), repository.id, testOptions)).toBeUndefined();
  });

  it('leaves a place that can be used when making one fails', async () => {
    const inner = new MemoryBackend();
    const backend = faulty(inner);
    backend.on('save', 'config').nth(1).fails(diskFull());
    await expect(initRepository(backend, testOptions)).rejects.toMatchObject({ kind: 'repository-full' });
    expect((await initRepository(backend, testOptions)).id).toMatch(/^[0-9a-f]{64}$/);
  });

  it('notices a changed configuration and changed keys', async () => {
    const { backend } = await memoryRepository();
    const config = backend.files.get('config');
    config?.writeUInt8((config[20] ?? 0) ^ 1, 20);
    await expect(openRepository(backend, testOptions)).rejects.toMatchObject({ kind: 'repository-damaged' });
    for (const key of backend.files.keys()) if (key.startsWith('key/')) backend.files.set(key, Buffer.from('{}'));
    await expect(openRepository(backend, testOptions)).rejects.toMatchObject({ kind: 'repository-damaged' });
  });
});

describe('storing and reading back', () => {
  it('gives back what was stored, after opening again', async () => {
    const { backend, repository } = await memoryRepository();
    const content = random.bytes(3_000 * kib);
    const snapshot = await storeSnapshot(repository, {
      text: file('hello'),
      empty: file(''),
      sub: dir({ big: file(content), link: symlink('../text') }),
    });
    const again = await openRepository(backend, testOptions);
    expect((await again.snapshots.list()).snapshots).toEqual([snapshot]);
    const paths: string[] = [];
    for await (const { path, node } of again.walk(snapshot.tree)) {
      paths.push(path);
      const parts = await Promise.all((node.content ?? []).map((id) => again.loadBlob('data', id)));
      if (path === '/sub/big') expect(Buffer.concat(parts).equals(content)).toBe(true);
    }
    expect(paths).toEqual(['/empty', '/sub', '/sub/big', '/sub/link', '/text']);
    await assertHealthy(again);
  });

  it('stores the same bytes once, within a run and between runs', async () => {
    const { backend, repository } = await memoryRepository();
    // Shorter than any cut: it is one blob, whatever the key.
    const content = random.bytes(500 * kib);
    await storeSnapshot(repository, { one: file(content), two: file(content) });
    const before = backend.files.size;
    const again = await openRepository(backend, testOptions);
    await again.locks.withLock({ mode: 'shared' }, (lock) =>
      again.withWriter(lock, {}, async (writer) => {
        await storeDirectory(again, writer, { one: file(content), two: file(content) });
        expect(writer.progress).toMatchObject({ blobsNew: 0, bytesStored: 0 });
        const known = await writer.saveBlob('data', content);
        expect(known).toEqual({ id: sha256(content), isNew: false, storedLength: 0 });
      }),
    );
    expect(backend.files.size).toBe(before);
  });

  it('stores compressible bytes small and noise as it is', async () => {
    const { repository } = await memoryRepository();
    await withWriter(repository, async (writer) => {
      expect((await writer.saveBlob('data', Buffer.alloc(1_000_000))).storedLength).toBeLessThan(1000);
      expect((await writer.saveBlob('data', random.bytes(1000))).storedLength).toBe(1032);
    });
  });

  it('knows the length of what it holds without reading it', async () => {
    const { repository } = await memoryRepository();
    for (const content of [Buffer.alloc(70_000), random.bytes(1000)]) {
      const { id } = await withWriter(repository, (writer) => writer.saveBlob('data', content));
      expect(repository.blobLength('data', id)).toBe(content.length);
      expect(repository.blobLength('tree', id)).toBeUndefined();
    }
  });

  it('keeps trees and data in packs of their own, each of about the target length', async () => {
    const { backend, repository } = await memoryRepository({ packTarget: 100 * kib });
    const files = Array.from({ length: 40 }, (_, index) => [`f${index}`, file(random.bytes(20 * kib))] as const);
    await storeSnapshot(repository, Object.fromEntries(files));
    const sizes = (await backend.list('pack')).map(({ size }) => size);
    expect(sizes.length).toBeGreaterThan(6);
    expect(Math.max(...sizes)).toBeLessThan(140 * kib);
    await assertHealthy(repository);
  });

  it('makes packs durable before their index, and both before the snapshot', async () => {
    const inner = new MemoryBackend();
    const backend = faulty(inner);
    const repository = await initRepository(backend, { ...testOptions, packTarget: 100 * kib });
    await storeSnapshot(repository, { a: file(random.bytes(150 * kib)), b: file(random.bytes(150 * kib)) });
    const saves = backend.log.filter((entry) => /save (pack|index|snapshot)/.test(entry));
    expect(saves.join(', ')).toMatch(/^(save pack, )+(save index, )+save snapshot$/);
  });

  it('reads a blob from another pack when one copy is damaged, and names the damage when none is whole', async () => {
    const { backend, repository } = await memoryRepository();
    const content = random.bytes(50 * kib);
    const id = sha256(content) as BlobId;
    await withWriter(repository, (writer) => writer.saveBlob('data', content));
    const [first] = [...backend.files.keys()].filter((key) => key.startsWith('pack/'));
    const second = new MemoryBackend();
    for (const [key, bytes] of backend.files) if (!/^(pack|index)/.test(key)) second.files.set(key, Buffer.from(bytes));
    await withWriter(await openRepository(second, testOptions), (writer) => writer.saveBlob('data', content));
    for (const [key, bytes] of second.files) backend.files.set(key, bytes);
    const damagedPack = backend.files.get(first ?? '');
    damagedPack?.writeUInt8((damagedPack[100] ?? 0) ^ 1, 100);
    const opened = await openRepository(backend, testOptions);
    expect((await opened.loadBlob('data', id)).equals(content)).toBe(true);
    for (const [key, bytes] of backend.files) if (key.startsWith('pack/')) bytes.fill(0, 0, 200);
    await expect(opened.loadBlob('data', id)).rejects.toMatchObject({
      kind: 'repository-damaged',
      context: { blob: id, pack: expect.stringMatching(/^[0-9a-f]{64}$/) },
    });
    backend.files.delete(first ?? '');
    await expect(opened.loadBlob('data', sha256(Buffer.from('never stored')) as BlobId)).rejects.toMatchObject({
      kind: 'repository-damaged',
    });
  });
});

describe('what may be referred to', () => {
  it('is only what is stored: no tree with missing content, no snapshot of a missing tree', async () => {
    const { repository } = await memoryRepository();
    const missing = sha256(Buffer.from('missing')) as BlobId;
    await withWriter(repository, async (writer) => {
      const [node] = (await storedNodes(repository, writer)) as [Awaited<ReturnType<typeof storedNodes>>[0]];
      await expect(writer.saveTree([{ ...node, content: [missing] }])).rejects.toThrow('not stored');
      const { content: _, ...bare } = node;
      await expect(writer.saveTree([{ ...bare, type: 'dir', subtree: missing }])).rejects.toThrow('not completely');
    });
    await repository.locks.withLock({ mode: 'shared' }, async (lock) => {
      const snapshot = { ...(await anySnapshot(repository)), tree: missing };
      await expect(repository.snapshots.publish(lock, snapshot)).rejects.toThrow('not known to be complete');
    });
  });

  it('is a subtree only when every blob below it is in the index', async () => {
    const { backend, repository } = await memoryRepository();
    const snapshot = await storeSnapshot(repository, { a: dir({ b: dir({ c: file('deep') }) }), z: file('z') });
    expect(await repository.hasSubtree(snapshot.tree)).toBe(true);
    const [blob] = await deepContent(repository, snapshot.tree);
    const blind = await openRepository(faulty(backend), testOptions);
    await blind.loadIndex();
    expect(await blind.hasSubtree(snapshot.tree)).toBe(true);
    expect(await blind.hasSubtree(sha256(Buffer.from('?')) as BlobId)).toBe(false);
    const partial = await withoutBlob(backend, blob as BlobId);
    expect(await partial.hasSubtree(snapshot.tree)).toBe(false);
  });

  it('cannot be published under a later lock without looking again', async () => {
    const { repository } = await memoryRepository();
    const snapshot = await anySnapshot(repository);
    await repository.locks.withLock({ mode: 'shared' }, async (lock) => {
      await expect(repository.snapshots.publish(lock, snapshot)).rejects.toThrow('not known to be complete');
      await repository.loadIndex();
      expect((await repository.snapshots.publish(lock, { ...snapshot, tags: ['again'] })).tree).toBe(snapshot.tree);
    });
  });

  it('is known whole without being read again for as long as every index file that was read is there', async () => {
    const { backend, repository } = await memoryRepository();
    const snapshot = await storeSnapshot(repository, { a: dir({ b: file('deep') }) });
    const watched = faulty(backend);
    const reader = await openRepository(watched, testOptions);
    const readings = async (): Promise<readonly string[]> => {
      watched.log.length = 0;
      await reader.loadIndex();
      expect(await reader.hasSubtree(snapshot.tree)).toBe(true);
      return watched.log.filter((entry) => entry === 'load index' || entry === 'load pack');
    };
    expect(await readings()).toEqual(['load index', 'load pack', 'load pack']);
    expect(await readings()).toEqual([]);
    await anySnapshot(repository);
    expect(await readings()).toEqual(['load index']);
  });

  it('is not referred to any more once another process has given its space back', async () => {
    const { backend, repository } = await memoryRepository();
    const snapshot = await storeSnapshot(repository, { a: dir({ b: file('deep') }) });
    const other = await openRepository(backend, testOptions);
    await anySnapshot(other);
    await repository.loadIndex();
    expect(await repository.hasSubtree(snapshot.tree)).toBe(true);
    await other.locks.withLock({ mode: 'exclusive' }, async (lock) => {
      const plan = await other.planReclaim(lock, new Set([snapshot.id]));
      await other.snapshots.remove(lock, [snapshot.id]);
      expect((await plan.carryOut()).packs).toBeGreaterThan(0);
    });
    await repository.locks.withLock({ mode: 'shared' }, async (lock) => {
      await expect(repository.snapshots.publish(lock, snapshot)).rejects.toThrow('not known to be complete');
      await repository.withWriter(lock, {}, async (writer) => {
        expect(repository.hasBlob('tree', snapshot.tree)).toBe(false);
        const [node] = await storedNodes(repository, writer);
        if (!node) throw new Error('no node');
        const { content: _, ...bare } = node;
        const saving = writer.saveTree([{ ...bare, type: 'dir', subtree: snapshot.tree }]);
        await expect(saving).rejects.toThrow('not completely stored');
      });
      await expect(repository.snapshots.publish(lock, snapshot)).rejects.toThrow('not known to be complete');
    });
  });

  it('cannot be published once somebody has removed the lock', async () => {
    const { backend, repository } = await memoryRepository();
    const snapshot = await anySnapshot(repository);
    await repository.locks.withLock({ mode: 'shared' }, async (lock) => {
      await repository.loadIndex();
      await repository.hasSubtree(snapshot.tree);
      for (const key of backend.files.keys()) if (key.startsWith('lock/')) backend.files.delete(key);
      const publishing = repository.snapshots.publish(lock, { ...snapshot, tags: ['again'] });
      await expect(publishing).rejects.toMatchObject({ kind: 'lock-lost' });
    });
    expect((await repository.snapshots.list()).snapshots).toHaveLength(1);
  });

  it('cannot be published while the run that stores it is still writing', async () => {
    const { repository } = await memoryRepository();
    const snapshot = await anySnapshot(repository);
    await repository.locks.withLock({ mode: 'shared' }, (lock) =>
      repository.withWriter(lock, {}, async () => {
        await expect(repository.snapshots.publish(lock, snapshot)).rejects.toThrow('still being written');
        await expect(repository.withWriter(lock, {}, async () => {})).rejects.toThrow('at a time');
      }),
    );
  });
});

async function storedNodes(repository: Repository, writer: RepositoryWriter) {
  const tree = await storeDirectory(repository, writer, { 'some file': file('content') });
  await writer.flush();
  return (await repository.loadTree(tree)).nodes;
}

async function anySnapshot(repository: Repository) {
  return storeSnapshot(repository, { any: file('any') });
}

async function deepContent(repository: Repository, tree: BlobId): Promise<readonly BlobId[]> {
  for await (const { path, node } of repository.walk(tree)) if (path === '/a/b/c') return node.content ?? [];
  return [];
}

/** The repository as it would be had this blob's pack never been listed. */
async function withoutBlob(backend: MemoryBackend, blob: BlobId): Promise<Repository> {
  const full = await openRepository(backend, testOptions);
  await full.loadIndex();
  const pack = full.locateBlob('data', blob)?.pack;
  const copy = new MemoryBackend();
  // Packs without an index would be found.
  for (const [key, bytes] of backend.files) if (!/^(index|pack)\//.test(key)) copy.files.set(key, bytes);
  const partial = await openRepository(copy, testOptions);
  await withWriter(partial, async (writer) => {
    for await (const { node } of full.walk((await full.snapshots.list()).snapshots[0]?.tree as BlobId)) {
      for (const id of node.content ?? [])
        if (id !== blob) await writer.saveBlob('data', await full.loadBlob('data', id));
      if (node.subtree) await writer.saveBlob('tree', await full.loadBlob('tree', node.subtree));
    }
    const root = (await full.snapshots.list()).snapshots[0]?.tree as BlobId;
    await writer.saveBlob('tree', await full.loadBlob('tree', root));
  });
  expect(pack).toBeDefined();
  return partial;
}
