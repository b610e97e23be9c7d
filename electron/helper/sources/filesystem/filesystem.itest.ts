import {
  chmodSync,
  fstatSync,
  linkSync,
  lstatSync,
  mkdirSync,
  openSync,
  renameSync,
  rmdirSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { FilesystemSpec } from '../../../../shared/domain/source.ts';
import { scratchFolder } from '../../quiesce/testing/scratch-folder.ts';
import { processAbilities } from '../../system/capabilities.ts';
import { findProgram, runProgramOk } from '../../system/exec.ts';
import { type FileOps, identityFileOps, plainFileOps } from '../../system/file-ops.ts';
import { makeSpecialFile } from '../../system/special-files.ts';
import { whyNoLoopFilesystem, withLoopFilesystem } from '../../system/testing/loop-filesystem.ts';
import { createFilesystemSource } from './examine.ts';
import type { OpenTree, TreeEntry } from './tree.ts';

let folder: ReturnType<typeof scratchFolder>;
beforeEach(() => {
  folder = scratchFolder('source');
});
afterEach(() => folder[Symbol.dispose]());

const at = (...parts: readonly string[]): string => join(folder.path, ...parts);

interface Wish {
  readonly excludes?: readonly string[];
  readonly own?: readonly string[];
  readonly files?: FileOps;
  readonly countLimitMs?: number;
}

function examine(path: string, { excludes = [], own = [], files = plainFileOps, countLimitMs = 60_000 }: Wish = {}) {
  const spec: FilesystemSpec = {
    kind: 'filesystem',
    path,
    excludes: [...excludes],
    excludePresets: [],
    ignoreLines: [],
  };
  const source = createFilesystemSource({ files, countLimitMs });
  return source.examine(spec, { own: { paths: own }, signal: new AbortController().signal });
}

function namesBelow(tree: OpenTree, directory: TreeEntry = tree.lookAtRoot()): string[] {
  return tree
    .list(directory)
    .flatMap((entry) => [
      tree.describe(entry.path),
      ...((entry.stat.mode & 0o170000) === 0o040000 ? namesBelow(tree, entry) : []),
    ])
    .sort();
}

async function namesOf(path: string, wish?: Wish): Promise<string[]> {
  const tree = (await examine(path, wish)).openTree();
  try {
    return namesBelow(tree).map((name) => name.slice(folder.path.length));
  } finally {
    tree.close();
  }
}

describe('a folder as a source', () => {
  it('counts what is in it, and says where it is', async () => {
    mkdirSync(at('a', 'b'), { recursive: true });
    writeFileSync(at('a', 'file'), 'twelve bytes');
    symlinkSync('file', at('a', 'link'));
    makeSpecialFile(at('a', 'pipe'), 'fifo', 0o600);
    const facts = await examine(at('a'));
    expect(facts).toMatchObject({ location: at('a'), followedFrom: null, leftOut: [], counted: true });
    expect(facts).toMatchObject({ files: 1, directories: 2, others: 2, bytes: 12 });
    expect(facts.mountPoint.length).toBeGreaterThan(0);
  });

  it('keeps names that are not UTF-8', async () => {
    const name = Buffer.from('na\xffme\n', 'latin1');
    writeFileSync(Buffer.concat([Buffer.from(`${folder.path}/`), name]), 'x');
    const tree = (await examine(folder.path)).openTree();
    expect(tree.list(tree.root).map((entry) => entry.name)).toEqual([name]);
    expect(tree.describe(name)).toBe(`${folder.path}/na\\xffme\\x0a`);
    tree.close();
  });

  it('follows a link that leads to the source, and says so; none below', async () => {
    mkdirSync(at('real', 'inner'), { recursive: true });
    writeFileSync(at('real', 'inner', 'file'), 'x');
    symlinkSync('real', at('link'));
    symlinkSync('inner', at('real', 'to-inner'));
    const facts = await examine(at('link'));
    expect(facts).toMatchObject({ location: at('real'), followedFrom: at('link') });
    expect(await namesOf(at('link'))).toEqual(['/real/inner', '/real/inner/file', '/real/to-inner']);
  });

  it.each([
    ['nothing there', () => at('none'), 'source-absent'],
    ['a link to nowhere', () => at('dangling'), 'source-absent'],
    ['a file', () => at('file'), 'bad-input'],
    ['a relative path', () => 'some/folder', 'bad-input'],
  ])('refuses %s, naming the field', async (_what, path, kind) => {
    symlinkSync('nowhere', at('dangling'));
    writeFileSync(at('file'), '');
    await expect(examine(path())).rejects.toMatchObject({ kind, field: 'path' });
  });

  it('leaves out what is excluded, named, also when asked for through a link', async () => {
    mkdirSync(at('real', 'keep'), { recursive: true });
    mkdirSync(at('real', 'drop', 'deep'), { recursive: true });
    writeFileSync(at('real', 'keep', 'no'), 'x');
    symlinkSync('real', at('link'));
    const excludes = [at('link', 'drop'), at('real', 'keep', 'no')];
    expect(await namesOf(at('link'), { excludes })).toEqual(['/real/keep']);
    const facts = await examine(at('link'), { excludes });
    expect(facts.leftOut).toEqual([
      { path: at('real', 'drop'), reason: 'Left out by choice.' },
      { path: at('real', 'keep', 'no'), reason: 'Left out by choice.' },
    ]);
  });

  it.each([['/elsewhere'], ['..']])('refuses to exclude %s, which is not inside', async (exclude) => {
    mkdirSync(at('a'));
    const excludes = [exclude === '..' ? at('a', '..', 'b') : exclude];
    await expect(examine(at('a'), { excludes })).rejects.toMatchObject({ kind: 'bad-input', field: 'excludes' });
  });

  it('leaves out our own places, by whatever path they are named, and says so', async () => {
    mkdirSync(at('home', 'backups'), { recursive: true });
    writeFileSync(at('home', 'mine'), 'x');
    symlinkSync(at('home', 'backups'), at('shortcut'));
    const own = [at('shortcut'), at('home', 'catalog-not-yet-there'), '/unrelated'];
    expect(await namesOf(at('home'), { own })).toEqual(['/home/mine']);
    const { leftOut } = await examine(at('home'), { own });
    expect(leftOut.map(({ path }) => path)).toEqual([at('home', 'backups'), at('home', 'catalog-not-yet-there')]);
    expect(leftOut[0]?.reason).toContain('Stillpoint');
  });

  it('is refused inside one of our own places', async () => {
    mkdirSync(at('backups', 'data'), { recursive: true });
    const refused = examine(at('backups', 'data'), { own: [at('backups')] });
    await expect(refused).rejects.toMatchObject({ kind: 'bad-input', field: 'path' });
  });

  it('counts nothing where that is put off, until somebody asks, and then once', async () => {
    writeFileSync(at('file'), 'content');
    const source = createFilesystemSource({ files: plainFileOps });
    const { spec } = await examine(folder.path);
    const context = { own: { paths: [] }, signal: new AbortController().signal };
    const facts = await source.examine(spec, { ...context, counting: 'when-asked' });
    expect(facts).toMatchObject({ counted: false, files: 0, bytes: 0 });
    const counted = await facts.count?.();
    expect(counted).toMatchObject({ counted: true, files: 1, bytes: 7 });
    expect(counted?.count).toBeUndefined();
    writeFileSync(at('more'), 'content');
    expect(await facts.count?.()).toMatchObject({ files: 1 });
    expect((await source.examine(spec, context)).count).toBeUndefined();
  });

  it('stops counting in time, and says so', async () => {
    for (let index = 0; index < 20; index += 1) mkdirSync(at(`folder-${index}`));
    const facts = await examine(folder.path, { countLimitMs: -1 });
    expect(facts.counted).toBe(false);
  });

  it('does not take another folder of the same path for the source', async () => {
    mkdirSync(at('a'));
    const facts = await examine(at('a'));
    renameSync(at('a'), at('old'));
    mkdirSync(at('a'));
    expect(() => facts.openTree()).toThrow(expect.objectContaining({ kind: 'source-changed-identity' }));
    rmdirSync(at('a'));
    expect(() => facts.openTree()).toThrow(expect.objectContaining({ kind: 'source-absent' }));
  });

  it('stays in the tree it opened, whatever a directory is swapped for', async () => {
    mkdirSync(at('root', 'inner'), { recursive: true });
    mkdirSync(at('secret'));
    writeFileSync(at('secret', 'key'), 'x');
    const tree = (await examine(at('root'))).openTree();
    const inner = tree.list(tree.root)[0];
    if (inner === undefined) throw new Error('inner is missing');
    renameSync(at('root', 'inner'), at('moved'));
    symlinkSync(at('secret'), at('root', 'inner'));
    expect(tree.list(inner)).toEqual([]);
    const key: TreeEntry = { ...inner, path: Buffer.from('inner/key'), name: Buffer.from('key') };
    expect(() => tree.openFile(key)).toThrow(expect.objectContaining({ code: 'ELOOP' }));
    tree.close();
  });

  it('opens nothing but regular files', async () => {
    makeSpecialFile(at('pipe'), 'fifo', 0o600);
    const tree = (await examine(folder.path)).openTree();
    const [pipe] = tree.list(tree.root);
    if (pipe === undefined) throw new Error('the pipe is missing');
    expect(() => tree.openFile(pipe)).toThrow(expect.objectContaining({ code: 'ENOENT' }));
    tree.close();
  });

  it('does not move the time of last access', async () => {
    writeFileSync(at('file'), 'x');
    const before = lstatSync(at('file'), { bigint: true }).atimeNs;
    const tree = (await examine(folder.path)).openTree();
    const [file] = tree.list(tree.root);
    if (file === undefined) throw new Error('the file is missing');
    const fd = tree.openFile(file);
    tree.files.readSync(fd, Buffer.alloc(1), 0, 1, 0);
    tree.files.closeSync(fd);
    expect(lstatSync(at('file'), { bigint: true }).atimeNs).toBe(before);
    tree.close();
  });
});

const isRoot = processAbilities().uid === 0;
const nobody = { uid: 65534, gid: 65534, groups: [] };

describe.skipIf(!isRoot)(isRoot ? 'in somebody else’s name' : 'needs root to act in another name', () => {
  it('notes what may not be read, and goes on', async () => {
    chmodSync(folder.path, 0o755);
    mkdirSync(at('open'), { mode: 0o755 });
    mkdirSync(at('closed'), { mode: 0o700 });
    writeFileSync(at('closed', 'file'), 'x');
    const tree = (await examine(folder.path, { files: identityFileOps(nobody) })).openTree();
    expect(namesBelow(tree)).toEqual([at('closed'), at('open')]);
    expect(tree.unreadable()).toEqual([{ path: at('closed'), reason: 'No permission to look at it.' }]);
    tree.close();
  });

  it('leaves out the closed folder that every ext filesystem has in its root, and no other of that name', async () => {
    await withLoopFilesystem({ type: 'ext4', sizeMiB: 16 }, async (mountPoint) => {
      mkdirSync(join(mountPoint, 'below', 'lost+found'), { recursive: true, mode: 0o755 });
      chmodSync(join(mountPoint, 'below', 'lost+found'), 0o700);
      const tree = (await examine(mountPoint, { files: identityFileOps(nobody) })).openTree();
      namesBelow(tree);
      expect(tree.leftOut().map(({ path }) => path)).toEqual([join(mountPoint, 'lost+found')]);
      expect(tree.unreadable().map(({ path }) => path)).toEqual([join(mountPoint, 'below/lost+found')]);
      tree.close();
      const asRoot = (await examine(mountPoint)).openTree();
      namesBelow(asRoot);
      expect([asRoot.leftOut(), asRoot.unreadable()]).toEqual([[], []]);
      asRoot.close();
    });
  });

  it('does not tell where a link leads that may not be read, when one of our own places is named through it', async () => {
    chmodSync(folder.path, 0o755);
    mkdirSync(at('home', 'backups'), { recursive: true, mode: 0o755 });
    mkdirSync(at('closed'), { mode: 0o700 });
    symlinkSync(at('home', 'backups'), at('closed', 'link'));
    symlinkSync(at('home', 'backups'), at('open-link'));
    const leftOut = async (own: string, files: FileOps) =>
      (await examine(at('home'), { own: [own], files })).leftOut.map(({ path }) => path);
    const asNobody = identityFileOps(nobody);
    expect(await leftOut(at('closed', 'link'), asNobody)).toEqual([]);
    expect(await leftOut(at('open-link'), asNobody)).toEqual([at('home', 'backups')]);
    expect(await leftOut(at('closed', 'link'), plainFileOps)).toEqual([at('home', 'backups')]);
    // Nor by refusing: a source within the place that the link leads to.
    const inside = examine(at('home', 'backups'), { own: [at('closed', 'link')], files: asNobody });
    await expect(inside).resolves.toMatchObject({ location: at('home', 'backups') });
  });

  it('refuses a source that may not be read at all', async () => {
    chmodSync(folder.path, 0o755);
    mkdirSync(at('closed'), { mode: 0o700 });
    const refused = examine(at('closed'), { files: identityFileOps(nobody) });
    await expect(refused).rejects.toMatchObject({ kind: 'source-unreadable', field: 'path' });
  });
});

const mount = (...args: readonly string[]): Promise<unknown> => runProgramOk(findProgram('mount') ?? '', args);
const unmount = (path: string): Promise<unknown> => runProgramOk(findProgram('umount') ?? '', [path]);

describe.skipIf(!isRoot)(isRoot ? 'mounts below a source' : 'needs root to mount', () => {
  it('leaves out other filesystems, names them, and keeps a folder to mount on', async () => {
    mkdirSync(at('source', 'inner'), { recursive: true });
    mkdirSync(at('source', 'deep'));
    await mount('-t', 'tmpfs', '-o', 'size=1m', 'stillpoint', at('source', 'inner'));
    try {
      writeFileSync(at('source', 'inner', 'hidden'), 'x');
      const facts = await examine(at('source'));
      expect(facts.leftOut).toEqual([
        { path: at('source', 'inner'), reason: 'Another filesystem (tmpfs) is mounted here.' },
      ]);
      expect(await namesOf(at('source'))).toEqual(['/source/deep', '/source/inner']);
      const tree = facts.openTree();
      const inner = tree.list(tree.root).find(({ name }) => name.toString() === 'inner');
      expect(inner).toMatchObject({ isStandIn: true });
      tree.close();
    } finally {
      await unmount(at('source', 'inner'));
    }
  });

  it('leaves out the same filesystem shown a second time', async () => {
    mkdirSync(at('source', 'again'), { recursive: true });
    mkdirSync(at('elsewhere'));
    writeFileSync(at('elsewhere', 'file'), 'x');
    await mount('--bind', at('elsewhere'), at('source', 'again'));
    try {
      expect(await namesOf(at('source'))).toEqual(['/source/again']);
    } finally {
      await unmount(at('source', 'again'));
    }
  });

  it('leaves out what is mounted after it was opened', async () => {
    mkdirSync(at('source', 'late'), { recursive: true });
    const tree = (await examine(at('source'))).openTree();
    await mount('-t', 'tmpfs', '-o', 'size=1m', 'stillpoint', at('source', 'late'));
    try {
      writeFileSync(at('source', 'late', 'hidden'), 'x');
      expect(namesBelow(tree)).toEqual([at('source', 'late')]);
      expect(tree.leftOut()).toEqual([{ path: at('source', 'late'), reason: 'Another filesystem is mounted here.' }]);
    } finally {
      tree.close();
      await unmount(at('source', 'late'));
    }
  });

  it('finds our own places under a second name too', async () => {
    mkdirSync(at('source', 'mirror'), { recursive: true });
    mkdirSync(at('backups'));
    writeFileSync(at('backups', 'pack'), 'x');
    await mount('--bind', at(), at('source', 'mirror'));
    try {
      // The whole folder shown again: as the source itself it holds the repository under another path.
      expect(await namesOf(at('source', 'mirror'), { own: [at('backups')] })).not.toContain('/source/mirror/backups');
    } finally {
      await unmount(at('source', 'mirror'));
    }
  });
});

const noBtrfs = whyNoLoopFilesystem('btrfs');

describe.skipIf(noBtrfs !== undefined)(noBtrfs ?? 'btrfs', () => {
  it('leaves out subvolumes, which are no mounts, and names them', async () => {
    await withLoopFilesystem({ type: 'btrfs', sizeMiB: 128 }, async (mountPoint) => {
      const subvolume = join(mountPoint, 'subvolume');
      await runProgramOk(findProgram('btrfs') ?? '', ['subvolume', 'create', subvolume]);
      writeFileSync(join(subvolume, 'file'), 'x');
      const facts = await examine(mountPoint);
      expect(facts.leftOut).toEqual([
        { path: subvolume, reason: 'A subvolume of its own: it would be from another moment.' },
      ]);
      expect(facts.files).toBe(0);
    });
  });

  it('opens a copy of the root by the same rules, and tells it as the original', async () => {
    await withLoopFilesystem({ type: 'btrfs', sizeMiB: 128 }, async (mountPoint) => {
      const btrfs = (...args: readonly string[]) => runProgramOk(findProgram('btrfs') ?? '', ['subvolume', ...args]);
      const [source, copy] = [join(mountPoint, 'source'), join(mountPoint, 'copy')];
      await btrfs('create', source);
      for (const name of ['kept', 'own', 'excluded']) {
        mkdirSync(join(source, name));
        writeFileSync(join(source, name, 'file'), name);
      }
      linkSync(join(source, 'own', 'file'), join(source, 'kept', 'second name of ours'));
      await btrfs('create', join(source, 'inner'));
      writeFileSync(join(source, 'inner', 'file'), 'x');
      const wish = { excludes: [join(source, 'excluded')], own: [join(source, 'own'), join(source, 'own', 'file')] };
      const facts = await examine(source, wish);
      await btrfs('snapshot', '-r', source, copy);
      const tree = facts.openCopy(openSync(copy, 'r'));
      try {
        const names = namesBelow(tree).map((name) => name.slice(source.length));
        expect(names).toEqual(['/inner', '/kept', '/kept/file']);
        expect(
          tree
            .leftOut()
            .map(({ path }) => path.slice(source.length))
            .sort(),
        ).toEqual([...['/excluded', '/inner', '/kept/second name of ours', '/own']]);
        const [kept] = tree.list(tree.root).filter(({ name }) => name.toString() === 'kept');
        expect(kept?.stat).toMatchObject({ deviceId: facts.deviceId, isMountRoot: false });
        expect(tree.lookAtRoot().stat.deviceId).toBe(facts.deviceId);
      } finally {
        tree.close();
      }
    });
  });

  it('takes no other folder for a copy of the root, and keeps none open', async () => {
    await withLoopFilesystem({ type: 'btrfs', sizeMiB: 128 }, async (mountPoint) => {
      mkdirSync(join(mountPoint, 'source'));
      mkdirSync(join(mountPoint, 'other'));
      const facts = await examine(join(mountPoint, 'source'));
      const fd = openSync(join(mountPoint, 'other'), 'r');
      expect(() => facts.openCopy(fd)).toThrow(expect.objectContaining({ kind: 'source-changed-identity' }));
      expect(() => fstatSync(fd)).toThrow(/EBADF/);
    });
  });
});
