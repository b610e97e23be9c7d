import { describe, expect, it } from 'vitest';
import { openRepository } from '../open.ts';
import { diskError, faulty } from '../testing/faulty.ts';
import { memoryRepository, testOptions } from '../testing/memory-repository.ts';
import { file, storeSnapshot } from '../testing/tree-literal.ts';

const opensWith = (password: string) => ({ ...testOptions, password });

describe('the passwords of a repository', () => {
  it('all open the same data', async () => {
    const { backend, repository } = await memoryRepository();
    const snapshot = await storeSnapshot(repository, { a: file('secret') });
    const id = await repository.keys.add('second');
    const again = await openRepository(backend, opensWith('second'));
    expect(again.id).toBe(repository.id);
    expect((await again.loadTree(snapshot.tree)).nodes.length).toBe(1);
    const listed = await again.keys.list();
    expect(listed.map((key) => [key.id, key.current]).sort()).toEqual(
      [
        [repository.keys.currentId, false],
        [id, true],
      ].sort(),
    );
  });

  it('can be removed, but not the one in use, so never the last', async () => {
    const { backend, repository } = await memoryRepository();
    const id = await repository.keys.add('second');
    await repository.keys.remove(id);
    await expect(openRepository(backend, opensWith('second'))).rejects.toMatchObject({ kind: 'wrong-password' });
    await expect(repository.keys.remove(repository.keys.currentId)).rejects.toMatchObject({
      kind: 'bad-input',
      field: 'key',
    });
    await expect(repository.keys.remove(id)).rejects.toMatchObject({ kind: 'bad-input', field: 'key' });
    expect((await repository.keys.list()).length).toBe(1);
  });

  it('can be changed: the old one no longer opens, the new one does', async () => {
    const { backend, repository } = await memoryRepository();
    const old = repository.keys.currentId;
    await repository.keys.changePassword('new');
    expect((await repository.keys.list()).map(({ id }) => id)).toEqual([repository.keys.currentId]);
    expect(repository.keys.currentId).not.toBe(old);
    await expect(openRepository(backend, testOptions)).rejects.toMatchObject({ kind: 'wrong-password' });
    expect((await openRepository(backend, opensWith('new'))).id).toBe(repository.id);
  });

  it('stay as they were when the new key cannot be written or does not read back', async () => {
    for (const spoil of [
      (backend: ReturnType<typeof faulty>) => backend.on('save', 'key').nth(1).fails(diskError()),
      (backend: ReturnType<typeof faulty>) => backend.on('save', 'key').nth(1).flipsByte(300),
      (backend: ReturnType<typeof faulty>) => backend.on('save', 'key').nth(1).isLost(),
    ]) {
      const { backend: inner } = await memoryRepository();
      const backend = faulty(inner);
      const repository = await openRepository(backend, testOptions);
      spoil(backend);
      await expect(repository.keys.changePassword('new')).rejects.toMatchObject({ name: 'StillpointError' });
      expect((await openRepository(inner, testOptions)).id).toBe(repository.id);
    }
  });

  it('refuses an empty one and keeps the others usable beside a damaged key file', async () => {
    const { backend, repository } = await memoryRepository();
    await expect(repository.keys.add('')).rejects.toMatchObject({ kind: 'bad-input', field: 'password' });
    backend.files.set(`key/${'0'.repeat(64)}`, Buffer.from('not a key file'));
    expect((await openRepository(backend, testOptions)).id).toBe(repository.id);
    expect((await repository.keys.list()).length).toBe(1);
  });

  it('may be any text', async () => {
    const { backend, repository } = await memoryRepository();
    const password = 'пароль 静止点 " \\ \u{1f511}\n';
    await repository.keys.add(password);
    expect((await openRepository(backend, opensWith(password))).id).toBe(repository.id);
  });
});
