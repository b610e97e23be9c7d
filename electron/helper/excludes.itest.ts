import { spawnSync } from 'node:child_process';
import {
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type RepositoryId, runIdSchema, type SnapshotId, type SourceId } from '../../shared/domain/ids.ts';
import { defaultPolicy } from '../../shared/domain/policy.ts';
import { type FilesystemSpec, filesystemSpec } from '../../shared/domain/source.ts';
import type { HelperCommandName, HelperParams, HelperResult } from '../../shared/helper/contract.ts';
import { memoryRegistry } from './authority/registry.ts';
import type { HelperContext } from './commands/context.ts';
import { composeHelper } from './compose.ts';
import { createHandlers } from './handlers.ts';
import { SeededRandom } from './repository/testing/seeded-random.ts';
import { dispatch } from './server/dispatch.ts';
import type { Handlers } from './server/service.ts';
import { createFilesystemSource, type TreeEntry } from './sources/index.ts';
import { plainFileOps } from './system/file-ops.ts';

const tag = 'Signature: 8a477f597d28d172789f06886806bc55\n';

let top: string;
let home: string;
let context: HelperContext;
let handlers: Handlers;
let repositoryId: RepositoryId;
let runs = 0;

async function call<N extends HelperCommandName>(command: N, params: HelperParams<N>): Promise<HelperResult<N>> {
  const { signal } = new AbortController();
  const agreed = { require: async () => {} };
  const answer = await dispatch(handlers, agreed, { command, params }, { signal, emit: () => undefined });
  return answer as HelperResult<N>;
}

beforeEach(async () => {
  top = mkdtempSync(join(tmpdir(), 'stillpoint-excludes-'));
  home = join(top, 'people', 'ana');
  mkdirSync(home, { recursive: true });
  const state = join(top, 'state');
  context = composeHelper({
    caller: { uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0, elevatedFor: false },
    account: { name: 'ana', uid: 0, gid: 0, home },
    registry: memoryRegistry(),
    directories: {
      ...{
        registryFile: join(state, 'registry.json'),
        scheduleConsentFile: join(state, 'consent.json'),
        snapshotRecords: join(state, 'snapshots'),
      },
      ...{ restores: join(state, 'restores'), scratch: join(state, 'scratch'), own: [state] },
    },
    program: import.meta.filename,
    kdf: 'test',
  });
  handlers = createHandlers(context);
  const location = { kind: 'local' as const, path: join(top, 'repository') };
  repositoryId = (await call('repositories.create', { name: 'R', location, password: 'p' })).id;
});
afterEach(() => {
  context.sessions.close();
  rmSync(top, { recursive: true, force: true });
});

const at = (path: string): string => join(home, path);

function make(files: Readonly<Record<string, string>>): void {
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(at(path)), { recursive: true });
    writeFileSync(at(path), content);
  }
}

const newRun = () => ({
  runId: runIdSchema.parse((++runs).toString(16).padStart(32, '0')),
  askedAt: '2026-11-20T02:00:00Z',
  trigger: 'person' as const,
});

async function backUp(overrides: Partial<FilesystemSpec> = {}): Promise<{ source: SourceId; snapshot: SnapshotId }> {
  const policy = defaultPolicy(repositoryId, 'per-file');
  const { id } = await call('sources.add', { name: 'Home', spec: filesystemSpec(home, overrides), policy });
  const { snapshotId } = await call('backup.run', { sourceId: id, ...newRun() });
  if (snapshotId === null) throw new Error('there is no snapshot');
  return { source: id, snapshot: snapshotId };
}

async function restoreExactly(snapshotId: SnapshotId, target?: string) {
  const plan = await call('restore.plan', {
    point: { repositoryId, snapshotId, instant: null },
    selection: [],
    target: target === undefined ? { kind: 'original' } : { kind: 'folder', path: target },
    mode: 'exact',
  });
  const { trigger: _, ...run } = newRun();
  const result = await call('restore.run', { planId: plan.planId, ...run, unticked: [], safetySnapshot: true });
  return { plan, result };
}

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => !entry.isDirectory())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .sort();
}

/** What presets and `rules` leave out. */
const leftOut = {
  '.cache/thumbnails/a.png': 'a',
  '.local/share/Trash/files/old.odt': 'old',
  '.var/app/org.gimp.GIMP/cache/x': 'x',
  '.config/chromium/Default/Cache/f_1': 'f',
  'project/target/debug/a.o': 'o',
  'project/build/out.bin': 'out',
  'project/run.log': 'log',
};
const kept = {
  'letter.odt': 'dear',
  'project/main.c': 'main',
  'project/target/CACHEDIR.TAG': tag,
  'project/keep.log': 'kept',
};
const rules = ['*.log', '!keep.log', 'build/'];

describe('an exact restore of a source with excludes', () => {
  it('puts back what was there, and leaves alone all that the snapshot left out', async () => {
    make({ ...leftOut, ...kept });
    const { snapshot } = await backUp({ ignoreLines: rules });
    expect(Object.keys(kept).sort()).toEqual(await stored(snapshot));

    make({ 'letter.odt': 'spoiled', 'new/extra.txt': 'extra', 'project/extra.c': 'extra' });
    // What came later, of the same kinds, at places the snapshot has never seen.
    const later = {
      '.cache/later/b.png': 'b',
      '.local/share/Trash/files/later.odt': 'later',
      'new/build/later.bin': 'later',
      'later.log': 'log',
      'another/target/CACHEDIR.TAG': tag,
      'another/target/x.o': 'x',
      '.var/app/org.other.App/cache/y': 'y',
    };
    make(later);
    rmSync(at('project/main.c'));
    const { plan, result } = await restoreExactly(snapshot);
    expect(result.outcome).toBe('done');
    expect(plan.warnings).toContainEqual(expect.objectContaining({ code: 'own-data' }));
    expect(filesBelow(home)).toEqual(Object.keys({ ...leftOut, ...kept, ...later }).sort());
    for (const [path, content] of Object.entries({ ...leftOut, ...kept, ...later }))
      expect(readFileSync(at(path), 'utf8'), path).toBe(content);
  });

  it('leaves alone what was too large or marked by its owner, and goes on replacing what was not', async () => {
    make({ small: 'small', large: 'x'.repeat(2_000), marked: 'marked' });
    const isMarked = spawnSync('chattr', ['+d', at('marked')]).status === 0;
    const { snapshot } = await backUp({ limits: { largerThan: 1_000, noDump: true } });
    expect(await stored(snapshot)).toEqual(isMarked ? ['small'] : ['marked', 'small']);
    make({ small: 'spoiled', extra: 'extra', 'later/large': 'y'.repeat(3_000) });
    const { result } = await restoreExactly(snapshot);
    expect(result).toMatchObject({ outcome: 'done', error: null });
    expect(filesBelow(home)).toEqual(['large', 'later/large', 'marked', 'small']);
    expect(readFileSync(at('small'), 'utf8')).toBe('small');
  });

  it('leaves alone what is in a marked folder also when only the snapshot has its mark', async () => {
    make({ 'target/CACHEDIR.TAG': tag, 'target/a.o': 'o', 'kept.txt': 'k' });
    const { snapshot } = await backUp();
    rmSync(at('target/CACHEDIR.TAG'));
    make({ 'extra.txt': 'extra', 'target/deep/later.o': 'o' });
    await restoreExactly(snapshot);
    expect(filesBelow(home)).toEqual(['kept.txt', 'target/CACHEDIR.TAG', 'target/a.o', 'target/deep/later.o']);
  });

  it('deletes what has the mark of a cache when marks were not gone by', async () => {
    make({ 'kept.txt': 'k' });
    const { snapshot } = await backUp({ excludePresets: [] });
    make({ 'target/CACHEDIR.TAG': tag, 'target/a.o': 'o', '.cache/x': 'x' });
    await restoreExactly(snapshot);
    expect(filesBelow(home)).toEqual(['kept.txt']);
  });

  it('replaces no folder that holds what was left out by a file that was there before', async () => {
    make({ thing: 'a file then', other: 'a file then', build: 'a file then' });
    const { snapshot } = await backUp({ ignoreLines: ['*.log', 'build/'] });
    for (const name of ['thing', 'other', 'build']) rmSync(at(name));
    make({ 'thing/deep/precious.log': 'log', 'other/plain.txt': 'x', 'build/out': 'out' });
    await restoreExactly(snapshot);
    expect(filesBelow(home)).toEqual(['build/out', 'other', 'thing/deep/precious.log']);
  });

  it('knows what was left out below names that are not UTF-8', async () => {
    make({ 'kept.txt': 'k' });
    const odd = Buffer.concat([Buffer.from(`${home}/od`), Buffer.of(0xff, 0x22, 0x5c), Buffer.from('d')]);
    mkdirSync(odd);
    const inOdd = (name: string): Buffer => Buffer.concat([odd, Buffer.from(`/${name}`)]);
    writeFileSync(inOdd('kept.txt'), 'k');
    const { snapshot } = await backUp({ ignoreLines: ['*.log', 'od?*d/build/'] });
    mkdirSync(inOdd('build'));
    for (const name of ['x.log', 'build/out', 'extra']) writeFileSync(inOdd(name), 'x');
    await restoreExactly(snapshot);
    expect(readdirSync(odd).sort()).toEqual(['build', 'kept.txt', 'x.log']);
    expect(readdirSync(inOdd('build'))).toEqual(['out']);
  });

  it('goes by the rules of the snapshot’s time, not by those of today', async () => {
    make({ 'kept.txt': 'k', 'a.iso': 'image' });
    const { source, snapshot } = await backUp({ ignoreLines: ['*.iso'] });
    await call('sources.update', {
      id: source,
      name: 'Home',
      spec: filesystemSpec(home, { excludePresets: [], ignoreLines: ['*.bak'] }),
      policy: defaultPolicy(repositoryId, 'per-file'),
    });
    make({ '.cache/x': 'x', 'new.bak': 'no rule of then' });
    await restoreExactly(snapshot);
    expect(filesBelow(home)).toEqual(['.cache/x', 'a.iso', 'kept.txt']);
  });

  it('goes by them in another folder too', async () => {
    make({ ...leftOut, ...kept });
    const { snapshot } = await backUp({ ignoreLines: rules });
    const other = join(top, 'elsewhere');
    for (const path of ['.cache/x', 'build/out', 'extra.txt', 'project/target/b.o']) {
      mkdirSync(dirname(join(other, path)), { recursive: true });
      writeFileSync(join(other, path), 'x');
    }
    await restoreExactly(snapshot, other);
    expect(filesBelow(other)).toEqual(['.cache/x', 'build/out', 'project/target/b.o', ...Object.keys(kept)].sort());
  });

  it('can be undone, with everything that was left out still where it was', async () => {
    make({ ...leftOut, ...kept });
    const { snapshot } = await backUp({ ignoreLines: rules });
    make({ 'letter.odt': 'newer', 'extra.txt': 'extra' });
    const before = filesBelow(home);
    const { result } = await restoreExactly(snapshot);
    expect(existsSync(at('extra.txt'))).toBe(false);
    const { trigger: _, ...run } = newRun();
    await call('restore.undo', { restoreRunId: result.runId, ...run });
    expect(filesBelow(home)).toEqual(before);
    expect(readFileSync(at('letter.odt'), 'utf8')).toBe('newer');
  });
});

/** Files and, with a slash, folders that a backup with this specification would hold now. */
async function walked(spec: FilesystemSpec): Promise<ReadonlySet<string>> {
  const signal = new AbortController().signal;
  const facts = await createFilesystemSource({ files: plainFileOps }).examine(spec, { own: { paths: [] }, signal });
  const tree = facts.openTree();
  const found = new Set<string>();
  const walk = (folder: TreeEntry): void => {
    for (const entry of tree.list(folder)) {
      const isFolder = (entry.stat.mode & 0o170000) === 0o040000;
      found.add(`${entry.path}${isFolder ? '/' : ''}`);
      if (isFolder) walk(entry);
    }
  };
  walk(tree.root);
  tree.close();
  return found;
}

describe('exact restores of random trees with random rules', () => {
  const names = ['a', 'b', 'build', 'x.log', 'keep.log', '.cache', 'CACHEDIR.TAG', 'c.o', 'Trash', '.Trash-1000'];
  const lines = ['*.log', '!keep.log', 'build/', '/a', 'b/build', '!b', '*.o', 'a/**', 'build', '!build/', '**/b/*.o'];

  /** Makes and removes things at random: files become folders and folders files. */
  function stir(random: SeededRandom, folder: string, depth = 0): void {
    for (const name of names) {
      const path = join(folder, name);
      const what = random.int(6);
      if (what === 0) rmSync(path, { recursive: true, force: true });
      if (what > 2) continue;
      const isFolder = existsSync(path) && lstatSync(path).isDirectory();
      if (what === 1 && depth < 3) {
        if (!isFolder) rmSync(path, { force: true });
        mkdirSync(path, { recursive: true });
        stir(random, path, depth + 1);
      } else if (what === 2 && !isFolder) {
        const isTag = name === 'CACHEDIR.TAG' && random.int(3) > 0;
        writeFileSync(path, isTag ? tag : `${random.int(1_000_000)}`);
      }
    }
  }

  it.each([1, 2, 3, 4, 5, 6, 7, 8])(
    'delete nothing that was left out, and everything else that is new (seed %i)',
    async (seed) => {
      const random = new SeededRandom(seed * 7919);
      const ignoreLines = lines.filter(() => random.int(2) === 0);
      const spec = filesystemSpec(home, { ignoreLines });
      stir(random, home);
      stir(random, home);
      const { snapshot } = await backUp({ ignoreLines });
      const then = new Map((await stored(snapshot)).map((path) => [path, readFileSync(at(path), 'utf8')]));
      stir(random, home);
      const before = new Map(filesBelow(home).map((path) => [path, readFileSync(at(path), 'utf8')]));
      const inside = await walked(spec);
      const { result } = await restoreExactly(snapshot);
      expect(['done', 'warnings']).toContain(result.outcome);
      const after = new Set(filesBelow(home));
      const above = (path: string): string[] => path.split('/').map((_, index, all) => all.slice(0, index).join('/'));
      for (const [path, content] of before) {
        if (then.has(path)) continue;
        if (!inside.has(path)) {
          expect(after.has(path) && readFileSync(at(path), 'utf8') === content, `left out: ${path}`).toBe(true);
          continue;
        }
        // A mark stays with what it marks, and a folder that holds something left out gives way to no file.
        const mayStay = path.endsWith('CACHEDIR.TAG') || above(path).some((folder) => then.has(folder));
        if (!mayStay) expect(after.has(path), `new: ${path}`).toBe(false);
      }
      for (const [path, content] of then) {
        if (after.has(path)) expect(readFileSync(at(path), 'utf8'), path).toBe(content);
        else
          expect(existsSync(at(path)) || above(path).some((each) => after.has(each)), `not back: ${path}`).toBe(true);
      }
    },
  );
});

async function stored(snapshotId: SnapshotId): Promise<string[]> {
  const repository = await context.sessions.opened(repositoryId);
  const { tree } = await repository.snapshots.load(snapshotId);
  const files: string[] = [];
  for await (const { path, node } of repository.walk(tree))
    if (node.type === 'file' && path.startsWith(`${home}/`)) files.push(path.slice(home.length + 1));
  return files.sort();
}

describe('the record of a snapshot', () => {
  it('tells what was left out in a few notes, and restic what it goes by', async () => {
    make({ ...leftOut, ...kept });
    for (let index = 0; index < 2000; index += 1) make({ [`logs/${index}.log`]: '' });
    const { snapshot } = await backUp({ ignoreLines: rules });
    const { evidence } = await call('snapshots.evidence', { repositoryId, snapshotId: snapshot });
    expect(evidence?.leftOutTotal).toBe(evidence?.leftOut.length);
    expect(evidence?.leftOut).toHaveLength(7);
    expect(evidence?.leftOut).toContainEqual({ path: at('.cache'), reason: 'Caches: 1 folder.' });
    expect(evidence?.leftOut.map(({ reason }) => reason)).toContainEqual(
      expect.stringMatching(/^Own rule \*\.log: 2001 files, such as /),
    );
    const repository = await context.sessions.opened(repositoryId);
    expect((await repository.snapshots.load(snapshot)).excludes).toEqual(
      expect.arrayContaining(['~/.cache/', 'build/']),
    );
  });
});
