import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { sha256 } from '../../crypto/hash.ts';
import { backendConformance } from '../../testing/backend-conformance.ts';
import { type FileOps, nodeFileOps } from './file-ops.ts';
import { LocalBackend } from './local-backend.ts';

const errnoError = (code: string): Error => Object.assign(new Error(`${code} (test)`), { code });

backendConformance('the local backend', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'stillpoint-local-'));
  const root = join(folder, 'repository');
  return {
    backend: new LocalBackend(root),
    other: new LocalBackend(root),
    dispose: async () => rmSync(folder, { recursive: true }),
  };
});

describe('the local backend', () => {
  let folder: string;
  let root: string;
  const bytes = Buffer.from('some bytes');
  const name = sha256(bytes);
  const pack = { kind: 'pack', name } as const;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'stillpoint-local-'));
    root = join(folder, 'repository');
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  async function prepared(ops: FileOps = nodeFileOps): Promise<LocalBackend> {
    const backend = new LocalBackend(root, ops);
    await backend.prepare();
    await backend.save({ kind: 'config' }, Buffer.from('config'));
    return backend;
  }

  it('uses restic’s layout and modes', async () => {
    const backend = await prepared();
    await backend.save(pack, bytes);
    expect(readdirSync(root).sort()).toEqual(['config', 'data', 'index', 'keys', 'locks', 'snapshots']);
    expect(readdirSync(join(root, 'data')).length).toBe(256);
    const path = join(root, 'data', name.slice(0, 2), name);
    expect(statSync(path).mode & 0o777).toBe(0o400);
    expect(statSync(root).mode & 0o777).toBe(0o700);
  });

  it('writes beside, syncs, renames, and syncs the folder, in that order', async () => {
    const calls: string[] = [];
    const spy = spying((call) => calls.push(call));
    const backend = await prepared(spy);
    calls.length = 0;
    await backend.save(pack, bytes);
    const path = join('data', name.slice(0, 2), name);
    expect(calls.map((call) => call.replace(/-tmp-\w+/, '-tmp').replaceAll(`${root}/`, ''))).toEqual([
      `open ${path}-tmp wx`,
      'write',
      'fsync',
      'close',
      `chmod ${path}-tmp`,
      `rename ${path}-tmp ${path}`,
      `open ${join('data', name.slice(0, 2))} r`,
      'fsync',
      'close',
    ]);
  });

  it('does not wait for the folder to be synced for what may be gone after a power cut', async () => {
    const calls: string[] = [];
    const backend = await prepared(spying((call) => calls.push(call.split(' ')[0] ?? '')));
    calls.length = 0;
    await backend.save({ kind: 'lock', name }, bytes);
    expect(calls).toEqual(['open', 'write', 'fsync', 'close', 'chmod', 'rename']);
    calls.length = 0;
    await backend.remove({ kind: 'lock', name });
    expect(calls).not.toContain('fsync');
    await backend.save({ kind: 'snapshot', name }, bytes);
    calls.length = 0;
    await backend.remove({ kind: 'snapshot', name });
    expect(calls).toContain('fsync');
  });

  it.each(['write', 'fsync', 'rename', 'chmod'] as const)('leaves nothing behind when %s fails', async (call) => {
    let armed = false;
    const ops = spying((made) => {
      if (armed && made.startsWith(call)) throw errnoError('EIO');
    });
    const backend = await prepared(ops);
    armed = true;
    await expect(backend.save(pack, bytes)).rejects.toMatchObject({ kind: 'io' });
    armed = false;
    expect(await backend.list('pack')).toEqual([]);
    expect(readdirSync(join(root, 'data', name.slice(0, 2)))).toEqual([]);
  });

  it.each([
    ['ENOSPC', 'repository-full'],
    ['EDQUOT', 'repository-full'],
    ['EROFS', 'repository-read-only'],
    ['EACCES', 'repository-read-only'],
    ['EIO', 'io'],
    ['ESTALE', 'repository-absent'],
  ])('says what %s means: %s', async (code, kind) => {
    const ops = { ...nodeFileOps };
    const backend = await prepared(ops);
    ops.open = () => {
      throw errnoError(code);
    };
    await expect(backend.save(pack, bytes)).rejects.toMatchObject({ kind, context: { errno: code } });
  });

  it('goes through the port for every access', async () => {
    const backend = await prepared(spying(() => {}));
    rmSync(root, { recursive: true });
    const ops = refusing();
    const blind = new LocalBackend(root, ops);
    for (const attempt of [
      () => blind.probe(),
      () => blind.prepare(),
      () => blind.list('pack'),
      () => blind.stat(pack),
      () => blind.load(pack),
      () => blind.save(pack, bytes),
      () => blind.remove(pack),
      () => blind.sweep(0),
    ]) {
      await expect(attempt()).rejects.toMatchObject({
        kind: 'io',
        cause: expect.objectContaining({ code: 'EREFUSED' }),
      });
    }
    expect(existsSync(root)).toBe(false);
    expect(backend.location).toBe(root);
  });

  it('tells a missing file from a place that went away', async () => {
    const backend = await prepared();
    expect(await backend.load(pack)).toBeUndefined();
    rmSync(root, { recursive: true });
    mkdirSync(root);
    for (const attempt of [backend.load(pack), backend.list('snapshot'), backend.stat(pack), backend.remove(pack)]) {
      await expect(attempt).rejects.toMatchObject({ kind: 'repository-absent', retryable: true });
    }
    await expect(backend.save(pack, bytes)).rejects.toMatchObject({ kind: 'repository-absent' });
    expect(readdirSync(root)).toEqual([]);
  });

  it('tells what is at a place', async () => {
    expect(await new LocalBackend(root).probe()).toBe('absent');
    mkdirSync(root);
    expect(await new LocalBackend(root).probe()).toBe('empty');
    mkdirSync(join(root, 'lost+found'));
    expect(await new LocalBackend(root).probe()).toBe('empty');
    await new LocalBackend(root).prepare();
    expect(await new LocalBackend(root).probe()).toBe('empty');
    writeFileSync(join(root, 'data', '00', 'x'), '');
    expect(await new LocalBackend(root).probe()).toBe('occupied');
    rmSync(join(root, 'data', '00', 'x'));
    writeFileSync(join(root, 'letter.odt'), '');
    expect(await new LocalBackend(root).probe()).toBe('occupied');
    expect(await new LocalBackend(join(root, 'letter.odt')).probe()).toBe('occupied');
    writeFileSync(join(root, 'config'), '');
    expect(await new LocalBackend(root).probe()).toBe('repository');
  });

  it('does not take foreign files for its own, and sweeps only old leftovers of its own', async () => {
    const backend = await prepared();
    await backend.save(pack, bytes);
    const shelf = join(root, 'data', name.slice(0, 2));
    writeFileSync(join(shelf, 'notes.txt'), 'x');
    writeFileSync(join(shelf, `${name}-tmp-abc`), 'x');
    writeFileSync(join(shelf, `${name}-tmp-old`), 'x');
    utimesSync(join(shelf, `${name}-tmp-old`), 0, 0);
    expect(await backend.list('pack')).toEqual([{ name, size: bytes.length }]);
    expect(await backend.sweep(60_000)).toBe(1);
    expect(readdirSync(shelf).sort()).toEqual([name, `${name}-tmp-abc`, 'notes.txt'].sort());
  });

  it('makes the folders that a copying program left out', async () => {
    const backend = await prepared();
    rmSync(join(root, 'data'), { recursive: true });
    rmSync(join(root, 'locks'), { recursive: true });
    expect(await backend.list('pack')).toEqual([]);
    await backend.save(pack, bytes);
    await backend.save({ kind: 'lock', name }, bytes);
    expect(await backend.list('pack')).toEqual([{ name, size: bytes.length }]);
  });

  it('does not believe a length that no file has', async () => {
    const backend = await prepared();
    await backend.save(pack, bytes);
    const load = backend.load(pack, { offset: 0, length: 2 ** 32 - 1 });
    await expect(load).rejects.toMatchObject({ kind: 'repository-damaged' });
  });

  it('asks for the length of no file that is known', async () => {
    const looked: string[] = [];
    const lstat: FileOps['lstat'] = (path) => {
      looked.push(path);
      return nodeFileOps.lstat(path);
    };
    const backend = await prepared({ ...nodeFileOps, lstat });
    const other = Buffer.from('other bytes');
    await backend.save(pack, bytes);
    await backend.save({ kind: 'pack', name: sha256(other) }, other);
    looked.length = 0;
    const listed = await backend.list('pack', { besides: (each) => each === name });
    expect(listed).toEqual([{ name: sha256(other), size: other.length }]);
    expect(looked).toHaveLength(1);
  });

  it('never lets a name become a path', async () => {
    const backend = await prepared();
    await expect(backend.load({ kind: 'pack', name: '../../config' })).rejects.toThrow('not the name');
  });

  it('works on filesystems without modes and folder sync', async () => {
    const ops = spying((call) => {
      if (call.startsWith('chmod')) throw errnoError('EPERM');
    });
    const plainSync = ops.fsync;
    ops.fsync = (fd) => {
      if (ops.fstat(fd).isDirectory) throw errnoError('EINVAL');
      plainSync(fd);
    };
    const backend = await prepared(ops);
    await backend.save(pack, bytes);
    expect((await backend.load(pack))?.equals(bytes)).toBe(true);
  });

  it('reads and writes in as many pieces as the system needs', async () => {
    const ops: FileOps = {
      ...nodeFileOps,
      read: (fd, target, offset, length, position) =>
        nodeFileOps.read(fd, target, offset, Math.min(length, 3), position),
      write: (fd, source, offset, length) => nodeFileOps.write(fd, source, offset, Math.min(length, 3)),
    };
    const backend = await prepared(ops);
    await backend.save(pack, bytes);
    expect((await backend.load(pack))?.equals(bytes)).toBe(true);
  });
});

/** The real calls, each announced first with its paths and flags; the announcement may throw. */
function spying(announce: (call: string) => void): { -readonly [Key in keyof FileOps]: FileOps[Key] } {
  const ops = { ...nodeFileOps };
  const watch = <Arguments extends unknown[], Result>(name: string, call: (...given: Arguments) => Result) => {
    return (...given: Arguments): Result => {
      announce([name, ...given.filter((argument) => typeof argument === 'string')].join(' '));
      return call(...given);
    };
  };
  ops.open = watch('open', ops.open);
  ops.close = watch('close', ops.close);
  ops.write = watch('write', ops.write);
  ops.fsync = watch('fsync', ops.fsync);
  ops.rename = watch('rename', ops.rename);
  ops.chmod = watch('chmod', ops.chmod);
  return ops;
}

function refusing(): FileOps {
  const refuse = (): never => {
    throw errnoError('EREFUSED');
  };
  const names = Object.keys(nodeFileOps) as (keyof FileOps)[];
  return Object.fromEntries(names.map((name) => [name, refuse])) as unknown as FileOps;
}
