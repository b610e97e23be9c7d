import {
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type FilesystemSpec, filesystemSpec } from '../../../../shared/domain/source.ts';
import { scratchFolder } from '../../quiesce/testing/scratch-folder.ts';
import { plainFileOps } from '../../system/file-ops.ts';
import { createFilesystemSource } from './examine.ts';
import type { OpenTree, TreeEntry } from './tree.ts';

const tag = 'Signature: 8a477f597d28d172789f06886806bc55\n# made by a test\n';

let folder: ReturnType<typeof scratchFolder>;
let root: string;
beforeEach(() => {
  folder = scratchFolder('excludes');
  root = folder.path;
});
afterEach(() => folder[Symbol.dispose]());

const source = createFilesystemSource({ files: plainFileOps, countLimitMs: 60_000 });
const context = { own: { paths: [] }, signal: new AbortController().signal };

function make(files: Readonly<Record<string, string>>): void {
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), content);
  }
}

const spec = (overrides: Partial<FilesystemSpec> = {}): FilesystemSpec => filesystemSpec(root, overrides);

function isFolder({ stat }: TreeEntry): boolean {
  return (stat.mode & 0o170000) === 0o040000;
}

function filesBelow(tree: OpenTree, directory: TreeEntry = tree.lookAtRoot()): string[] {
  return tree
    .list(directory)
    .flatMap((entry) => (isFolder(entry) ? [`${entry.path}/`, ...filesBelow(tree, entry)] : [entry.path.toString()]))
    .sort();
}

async function filesOf(wanted: FilesystemSpec): Promise<string[]> {
  const tree = (await source.examine(wanted, context)).openTree();
  try {
    return filesBelow(tree);
  } finally {
    tree.close();
  }
}

describe('presets in a walk', () => {
  it('leave out caches and trash, tell how many with examples, and count what stays', async () => {
    make({ 'letter.odt': 'dear', '.cache/a/b': 'xx', '.local/share/Trash/files/x': 'x', 'Cache/plan': 'p' });
    expect(await filesOf(spec())).toEqual(['.local/', '.local/share/', 'Cache/', 'Cache/plan', 'letter.odt']);
    const facts = await source.examine(spec(), context);
    expect(facts).toMatchObject({ files: 2, bytes: 5 });
    expect(facts.leftOut).toEqual([
      { path: join(root, '.cache'), reason: 'Caches: 1 folder.' },
      { path: join(root, '.local/share/Trash'), reason: 'Trash: 1 folder.' },
    ]);
  });

  it('keep everything when they are off', async () => {
    make({ '.cache/a': 'x', 'c/CACHEDIR.TAG': tag, 'c/x': 'x' });
    expect(await filesOf(spec({ excludePresets: [] }))).toEqual(['.cache/', '.cache/a', 'c/', 'c/CACHEDIR.TAG', 'c/x']);
  });
});

describe('folders that mark themselves as caches', () => {
  it('stay with their mark, without what else is in them', async () => {
    make({ 'target/CACHEDIR.TAG': tag, 'target/debug/a.o': 'x', 'target/b': 'x', 'src/main.rs': 'fn' });
    expect(await filesOf(spec())).toEqual(['src/', 'src/main.rs', 'target/', 'target/CACHEDIR.TAG']);
    const { leftOut } = await source.examine(spec(), context);
    expect(leftOut).toHaveLength(1);
    expect(leftOut[0]?.reason).toMatch(
      /^Inside folders marked as caches \(CACHEDIR\.TAG\): 1 folder and 1 file, also \S+\/target\/(b|debug)\.$/,
    );
  });

  it.each<[string, () => void]>([
    ['another signature', () => make({ 'c/CACHEDIR.TAG': tag.replace('8a', '8b') })],
    ['too short a file', () => make({ 'c/CACHEDIR.TAG': tag.slice(0, 42) })],
    ['an empty file', () => make({ 'c/CACHEDIR.TAG': '' })],
    ['another name', () => make({ 'c/cachedir.tag': tag })],
    ['a folder of that name', () => make({ 'c/CACHEDIR.TAG/x': tag })],
    [
      'a link, whatever it leads to',
      () => {
        make({ real: tag });
        symlinkSync('../real', join(root, 'c', 'CACHEDIR.TAG'));
      },
    ],
  ])('are not meant by %s', async (_what, mark) => {
    make({ 'c/kept': 'x' });
    mark();
    expect(await filesOf(spec())).toContain('c/kept');
  });

  it('are entered when they were chosen themselves', async () => {
    make({ 'CACHEDIR.TAG': tag, kept: 'x', 'sub/CACHEDIR.TAG': tag, 'sub/left': 'x' });
    expect(await filesOf(spec())).toEqual(['CACHEDIR.TAG', 'kept', 'sub/', 'sub/CACHEDIR.TAG']);
  });

  it('are seen when they are marked or unmarked between two walks', async () => {
    make({ 'c/x': 'x' });
    const tree = (await source.examine(spec(), context)).openTree();
    try {
      expect(filesBelow(tree)).toContain('c/x');
      make({ 'c/CACHEDIR.TAG': tag });
      expect(filesBelow(tree)).not.toContain('c/x');
      make({ 'c/other': 'Signature: none, but long enough to be looked into' });
      renameSync(join(root, 'c/other'), join(root, 'c/CACHEDIR.TAG'));
      expect(filesBelow(tree)).toContain('c/x');
    } finally {
      tree.close();
    }
  });

  it('are known from earlier walks: nothing is opened for them again, and everything is closed', async () => {
    for (let index = 0; index < 50; index += 1) make({ [`c${index}/CACHEDIR.TAG`]: tag, [`c${index}/x`]: 'x' });
    const tree = (await source.examine(spec(), context)).openTree();
    const open = (): string[] => readdirSync('/proc/self/fd');
    try {
      filesBelow(tree);
      // What was opened is closed in the next turn, so that no file is closed while something is frozen.
      await new Promise((resolve) => setImmediate(resolve));
      const before = open().length;
      filesBelow(tree);
      expect(open().length).toBe(before);
    } finally {
      tree.close();
    }
  });

  it('are read without moving the time of access', async () => {
    make({ 'c/CACHEDIR.TAG': tag, 'c/x': 'x' });
    const path = join(root, 'c/CACHEDIR.TAG');
    utimesSync(path, 1000, 1000);
    expect(await filesOf(spec())).not.toContain('c/x');
    expect(lstatSync(path).atimeMs).toBe(1_000_000);
  });
});

describe('own rules in a walk', () => {
  it('are relative to the source, and nothing below a left out folder comes back', async () => {
    make({ 'a.iso': 'x', 'sub/b.iso': 'x', 'build/keep': 'x', 'sub/build/out': 'x', 'keep.iso': 'x' });
    const ignoreLines = ['*.iso', '!/keep.iso', '/build/', '!/build/keep'];
    expect(await filesOf(spec({ ignoreLines }))).toEqual(['keep.iso', 'sub/', 'sub/build/', 'sub/build/out']);
    const { leftOut } = await source.examine(spec({ ignoreLines }), context);
    expect(leftOut).toContainEqual({ path: join(root, 'build'), reason: 'Own rule /build/: 1 folder.' });
    expect(leftOut.map(({ reason }) => reason)).toContainEqual(
      expect.stringMatching(/^Own rule \*\.iso: 2 files, also \S+\.iso\.$/),
    );
  });

  it('neither stumble over names that are not UTF-8 nor take them for others', async () => {
    const odd = Buffer.concat([Buffer.from(`${root}/na`), Buffer.of(0xff), Buffer.from('me')]);
    writeFileSync(odd, 'x');
    make({ 'na\ufffdme': 'x' });
    const tree = (await source.examine(spec({ ignoreLines: ['na\ufffdme'] }), context)).openTree();
    expect(tree.list(tree.root).map(({ name }) => name.toString('latin1'))).toEqual(['na\xffme']);
    tree.close();
  });

  it('are told in a bounded number of notes, however much they leave out', async () => {
    const ignoreLines = Array.from({ length: 150 }, (_, index) => `*.x${index}`);
    for (let index = 0; index < 150; index += 1) for (const name of 'abcd') make({ [`${name}.x${index}`]: '' });
    const { leftOut } = await source.examine(spec({ ignoreLines }), context);
    expect(leftOut.length).toBe(101);
    expect(leftOut.at(-1)?.reason).toMatch(/^50 further rules: 200 files, such as \S+ and \S+\.$/);
    expect(leftOut[0]?.reason).toMatch(/^Own rule \*\.x\d+: 4 files, such as \S+ and \S+\.$/);
  });

  it('count each entry once, however often a tree is walked', async () => {
    make({ 'a.o': '', 'b.o': '' });
    const tree = (await source.examine(spec({ ignoreLines: ['*.o'] }), context)).openTree();
    for (let walk = 0; walk < 3; walk += 1) filesBelow(tree);
    expect(tree.leftOut().map(({ reason }) => reason)).toEqual([
      expect.stringContaining('Own rule *.o: 2 files, also '),
    ]);
    tree.close();
  });
});

describe('how much is left out', () => {
  it('is measured for each preset, rule and path, once, beside what stays', async () => {
    make({
      'letter.odt': '1234',
      '.cache/a/b': '123456',
      '.cache/c.iso': '1',
      'big/CACHEDIR.TAG': tag,
      'big/x': '12',
      'big/deep/y': '123',
      'a.iso': '12345678',
      'private/x.iso': '1',
      'private/y': '22',
    });
    const wanted = spec({ excludes: [join(root, 'private')], ignoreLines: ['# images', '*.iso', 'nothing'] });
    const sizes = await source.excludeSizes(wanted, context);
    const item = (value: string) => sizes.items.find((each) => each.value === value);
    expect(item('caches')).toEqual({
      kind: 'preset',
      value: 'caches',
      files: 2,
      bytes: 7,
      places: [join(root, '.cache')],
    });
    expect(item('cachedir-tag')).toMatchObject({ files: 2, bytes: 5, places: [join(root, 'big')] });
    expect(item('*.iso')).toEqual({ kind: 'rule', value: '*.iso', files: 1, bytes: 8, places: [join(root, 'a.iso')] });
    expect(item('nothing')).toMatchObject({ files: 0, bytes: 0, places: [] });
    expect(item(join(root, 'private'))).toMatchObject({ kind: 'path', files: 2, bytes: 3 });
    expect(item('trash')).toMatchObject({ files: 0 });
    expect(sizes.items).toHaveLength(8);
    expect(sizes).toMatchObject({ keptFiles: 2, keptBytes: 4 + tag.length, complete: true });
    const facts = await source.examine(wanted, context);
    expect([facts.files, facts.bytes]).toEqual([sizes.keptFiles, sizes.keptBytes]);
  });

  it('is a lower bound, and says so, when there was no time', async () => {
    make({ 'a/b': 'x' });
    expect(await source.excludeSizes(spec(), context, -1)).toMatchObject({ complete: false, keptFiles: 0 });
  });

  it('is looked at in turns, however many entries one folder has', async () => {
    for (let index = 0; index < 3000; index += 1) make({ [`many/${index}.${index % 2 === 0 ? 'iso' : 'txt'}`]: '' });
    let pauses = 0;
    const tree = (await source.examine(spec({ ignoreLines: ['*.iso'] }), context)).openTree();
    const many = tree.list(tree.root).find(({ name }) => name.toString() === 'many');
    if (many === undefined) throw new Error('the folder is missing');
    const pause = async (): Promise<void> => {
      pauses += 1;
    };
    const slowly = await tree.listInTurns(many, { pause });
    expect(slowly).toHaveLength(1500);
    expect(slowly.map(({ name }) => name)).toEqual(tree.list(many).map(({ name }) => name));
    expect(pauses).toBe(30);
    // Given up in the middle, it leaves nothing open.
    const before = readdirSync('/proc/self/fd').length;
    const stop = { pause: () => Promise.reject(new Error('enough')) };
    await expect(tree.listInTurns(many, stop)).rejects.toThrow('enough');
    expect(readdirSync('/proc/self/fd').length).toBe(before);
    tree.close();
  });

  it('stops when it is told to', async () => {
    make({ 'a/b': 'x' });
    const signal = AbortSignal.abort();
    await expect(source.excludeSizes(spec(), { ...context, signal })).rejects.toMatchObject({ kind: 'cancelled' });
    await expect(source.activity(spec(), { ...context, signal }, 0n)).rejects.toMatchObject({ kind: 'cancelled' });
  });
});

describe('what changed since an instant', () => {
  /** After the clock's own file is gone: that stamps the folder, perhaps a step later. */
  const nowNs = (): bigint => {
    writeFileSync(join(root, '.clock'), '');
    rmSync(join(root, '.clock'));
    return lstatSync(root, { bigint: true }).ctimeNs;
  };
  /** Longer than the step of the clock that stamps files. */
  const tick = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 30));

  it('counts written, new and removed entries, by their change or their folder’s', async () => {
    make({ 'a/old': 'x', 'b/gone': 'x', 'c/new-soon/x': 'x', '.cache/x': 'x' });
    const since = nowNs();
    await tick();
    expect(await source.activity(spec(), context, since)).toMatchObject({ changes: 0, newestNs: null });
    writeFileSync(join(root, 'a/old'), 'y');
    rmSync(join(root, 'b/gone'));
    writeFileSync(join(root, 'c/new-soon/y'), '');
    writeFileSync(join(root, '.cache/x'), 'not counted');
    const found = await source.activity(spec(), context, since);
    // The file; the folder that lost one; the new file and the folder that got it.
    expect(found.changes).toBe(4);
    expect(found.newestNs).toBe(lstatSync(join(root, 'c/new-soon/y'), { bigint: true }).ctimeNs);
    expect(found.tookMs).toBeGreaterThan(0);
  });

  it('looks without moving a time of access', async () => {
    make({ 'a/x': 'x' });
    utimesSync(join(root, 'a'), 1000, 1000);
    utimesSync(join(root, 'a/x'), 1000, 1000);
    await source.activity(spec(), context, 0n);
    expect([lstatSync(join(root, 'a')).atimeMs, lstatSync(join(root, 'a/x')).atimeMs]).toEqual([1_000_000, 1_000_000]);
    expect(existsSync(join(root, 'a/x'))).toBe(true);
  });
});
