import {
  chmodSync,
  chownSync,
  closeSync,
  existsSync,
  ftruncateSync,
  linkSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { BlobId, RunId } from '../../../shared/domain/ids.ts';
import type { PhaseReporter } from '../quiesce/contract.ts';
import { LocalBackend, type Repository, type TreeNode } from '../repository/index.ts';
import { initRepository } from '../repository/open.ts';
import { testOptions } from '../repository/testing/memory-repository.ts';
import { SeededRandom } from '../repository/testing/seeded-random.ts';
import { makeNastyTree } from '../restore/testing/nasty-tree.ts';
import { observeTree } from '../restore/testing/observe-tree.ts';
import { RestoreScene, type SceneOptions } from '../restore/testing/restore-scene.ts';
import { processAbilities } from '../system/capabilities.ts';
import { findProgram } from '../system/exec.ts';
import { identityFileOps } from '../system/file-ops.ts';
import { restoreThreads } from './restore-threads.ts';

const mib = 1024 * 1024;
let place: string;
let repository: Repository;
const threads = restoreThreads({ identity: null, threads: 2 });

beforeEach(async () => {
  place = mkdtempSync(join(tmpdir(), 'stillpoint-restore-threads-'));
  repository = await initRepository(new LocalBackend(join(place, 'repository')), testOptions);
});
afterEach(() => rmSync(place, { recursive: true, force: true }));

/** Packs are read by descriptor: the repository lies on this machine. */
const openScene = (options: SceneOptions = {}): Promise<RestoreScene> =>
  RestoreScene.open({ repository, startHands: threads, ...options });

/** Many small files, more than one batch of them, and large ones that have a part in common. */
function makeFiles(source: string, count: number): void {
  const random = new SeededRandom(11);
  for (let index = 0; index < count; index += 1) {
    const folder = `${source}/d${index % 23}`;
    mkdirSync(folder, { recursive: true });
    writeFileSync(`${folder}/f${index}`, index % 5 === 0 ? '' : random.bytes(random.int(3000)));
  }
  const common = random.bytes(5 * mib);
  writeFileSync(`${source}/large`, common);
  writeFileSync(`${source}/larger`, Buffer.concat([common, random.bytes(3 * mib)]));
}

function ownNames(path: string): readonly string[] {
  return readdirSync(path, { recursive: true, encoding: 'utf8' }).filter((name) =>
    name.includes('.stillpoint-restore-'),
  );
}

const noNasty =
  processAbilities().uid !== 0 ? 'needs root' : findProgram('setfacl') === undefined ? 'needs setfacl' : undefined;

describe('a restore on threads', () => {
  it.skipIf(noNasty !== undefined)(`brings back a tree of everything${noNasty ? ` (${noNasty})` : ''}`, async () => {
    using scene = await openScene();
    const source = scene.path('source');
    makeNastyTree(source);
    const path = scene.path('target');
    const { outcome } = await scene.restore(await scene.backup(source), { target: { kind: 'folder', path } });
    expect(outcome).toMatchObject({ warnings: [], notDone: 0, endedBy: null });
    expect(observeTree(path, { top: true })).toEqual(observeTree(source, { top: true }));
    for (const name of ['sparse', 'all hole'])
      expect(statSync(`${path}/${name}`).blocks).toBeLessThanOrEqual(statSync(`${source}/${name}`).blocks + 16);
  });

  it.each(['by descriptor', 'as bytes'])('brings back several batches of files, packs read %s', async (how) => {
    using scene = await openScene();
    if (how === 'as bytes') Object.assign(repository.backend, { openFile: undefined });
    const source = scene.make('source');
    makeFiles(source, 1500);
    const path = scene.path('target');
    const snapshot = await scene.backup(source);
    const { outcome, runId } = await scene.restore(snapshot, { target: { kind: 'folder', path } });
    expect(outcome).toMatchObject({ warnings: [], notDone: 0, endedBy: null, verified: 1502 });
    expect(observeTree(path, { top: true })).toEqual(observeTree(source, { top: true }));
    const again = await scene.restore(snapshot, { target: { kind: 'folder', path } });
    expect(again.outcome).toMatchObject({ added: 0, replaced: 0, metadataOnly: 0, verified: 0 });
    expect((await scene.undo(runId)).outcome).toMatchObject({ warnings: [], notDone: 0 });
    expect(existsSync(path)).toBe(false);
  });

  it('tells what it does of what there is to do: never more, and in both phases all of it', async () => {
    using scene = await openScene();
    const source = scene.make('source');
    // More than two batches of trees: some are read back while others are written. And files that go one by one.
    makeFiles(source, 9000);
    const path = scene.make('target');
    mkdirSync(`${path}/d1`);
    const prepared = await scene.prepare(await scene.backup(source), { target: { kind: 'folder', path } });
    const phases = new Map<string, { files: number; bytes: number; ofFiles: number; ofBytes: number }>();
    let now = { files: 0, bytes: 0, ofFiles: 0, ofBytes: 0 };
    const report = Object.assign(Object.create(scene.context().report) as PhaseReporter, {
      phase: async <T>(name: string, work: () => Promise<T>): Promise<T> => {
        now = { files: 0, bytes: 0, ofFiles: 0, ofBytes: 0 };
        phases.set(name, now);
        return work();
      },
      advance: (files: number, bytes: number) => {
        now.files += files;
        now.bytes += bytes;
      },
      totals: (files: number, bytes: number) => {
        now.ofFiles = files;
        now.ofBytes = bytes;
      },
    });
    const execution = { runId: 'c'.repeat(32) as RunId, unticked: [], safetySnapshotId: null };
    const outcome = await prepared.run(execution, { signal: scene.signal, report });
    expect(outcome).toMatchObject({ warnings: [], notDone: 0, endedBy: null, verified: 9002 });
    expect([...phases.keys()]).toEqual(['write', 'verify-files']);
    for (const [name, { files, bytes, ofFiles, ofBytes }] of phases) {
      expect([files, bytes], name).toEqual([ofFiles, ofBytes]);
      expect(files, name).toBe(9002);
    }
  });

  it('takes back a file though further names that it had got are gone with what was interrupted', async () => {
    using scene = await openScene();
    const source = scene.make('source');
    mkdirSync(`${source}/a`);
    writeFileSync(`${source}/a/first`, 'one inode');
    mkdirSync(`${source}/b`);
    linkSync(`${source}/a/first`, `${source}/b/second`);
    const path = scene.make('target');
    const { runId } = await scene.restore(await scene.backup(source), { target: { kind: 'folder', path } });
    expect(lstatSync(`${path}/a/first`).nlink).toBe(2);
    // As a tree that is rolled back does it.
    rmSync(`${path}/b`, { recursive: true });
    expect((await scene.undo(runId)).outcome).toMatchObject({ warnings: [], notDone: 0 });
    expect(readdirSync(path)).toEqual([]);
  });

  it('keeps holes of a file that several threads write', async () => {
    using scene = await openScene();
    const source = scene.make('source');
    const fd = openSync(`${source}/file`, 'w');
    const random = new SeededRandom(5);
    for (const at of [0, 20, 41]) writeSync(fd, random.bytes(2 * mib), 0, 2 * mib, at * mib);
    ftruncateSync(fd, 64 * mib);
    closeSync(fd);
    const path = scene.path('target');
    const { outcome } = await scene.restore(await scene.backup(source), { target: { kind: 'folder', path } });
    expect(outcome).toMatchObject({ warnings: [], verified: 1 });
    expect(observeTree(path)).toEqual(observeTree(source));
    expect(statSync(`${path}/file`).blocks * 512).toBeLessThan(7 * mib);
  });

  it('gives each of several files its own end, where they share one that is zeros in part', async () => {
    using scene = await openScene();
    const source = scene.make('source');
    // The last page of one holds the end of the data, that of the other nothing but zeros.
    const common = Buffer.concat([new SeededRandom(21).bytes(400_000), Buffer.alloc(600)]);
    const names = Array.from({ length: 12 }, (_, index) => `f${index}`);
    const makers: [string, Buffer][] = names.map((name, index) => [
      name,
      Buffer.alloc(1_200_000 + index * 512, 1 + index),
    ]);
    for (const [name, start] of makers) writeFileSync(`${source}/${name}`, Buffer.concat([start, common]));
    const seen = await scene.backup(source);
    const snapshot = await scene.publishTree(['/src'], async (store) => {
      const end = (await store.saveData(common)).id as BlobId;
      const nodes: TreeNode[] = [];
      for (const [name, start] of makers) {
        const content = [(await store.saveData(start)).id as BlobId, end];
        nodes.push({ ...((await scene.find(seen, `${source}/${name}`)) as TreeNode), content });
      }
      const subtree = (await store.saveTree(nodes)).id;
      return [{ ...((await scene.find(seen, source)) as TreeNode), name: Buffer.from('src'), subtree }];
    });
    const path = scene.path('target');
    const { outcome } = await scene.restore(snapshot, { target: { kind: 'folder', path } });
    for (const name of names)
      expect(readFileSync(`${path}/${name}`).equals(readFileSync(`${source}/${name}`)), name).toBe(true);
    expect(outcome).toMatchObject({ warnings: [], verified: names.length });
  });

  it('replaces and keeps what is right, as on one thread', async () => {
    using scene = await openScene();
    const source = scene.make('source');
    makeFiles(source, 60);
    const snapshot = await scene.backup(source);
    const then = observeTree(source);
    for (let index = 0; index < 60; index += 4) writeFileSync(`${source}/d${index % 23}/f${index}`, 'changed');
    rmSync(`${source}/d3`, { recursive: true });
    const { outcome, runId } = await scene.restore(snapshot, { mode: 'exact' });
    expect(outcome).toMatchObject({ warnings: [], replaced: 15, notDone: 0 });
    expect(observeTree(source)).toEqual(then);
    await scene.undo(runId);
    expect(existsSync(`${source}/d3`)).toBe(false);
    expect(readFileSync(`${source}/d0/f0`, 'utf8')).toBe('changed');
  });

  it('replaces nothing that came meanwhile, and follows no link', async () => {
    using scene = await openScene();
    const source = scene.make('source');
    makeFiles(source, 40);
    const snapshot = await scene.backup(source);
    const outside = scene.make('outside');
    const path = scene.make('target');
    for (const name of ['d1', 'd2']) mkdirSync(`${path}/${name}`);
    const prepared = await scene.prepare(snapshot, { target: { kind: 'folder', path } });
    const { outcome } = await scene.run(prepared, {
      beforeRun: () => {
        writeFileSync(`${path}/d1/f1`, 'came meanwhile');
        rmSync(`${path}/d2`, { recursive: true });
        symlinkSync(outside, `${path}/d2`);
      },
    });
    expect(readFileSync(`${path}/d1/f1`, 'utf8')).toBe('came meanwhile');
    expect(readdirSync(outside)).toEqual([]);
    // f1, and f2 and f25 of the folder that is a link now.
    expect(outcome.warningsTotal).toBeGreaterThanOrEqual(3);
    expect(outcome.endedBy).toBeNull();
    expect(ownNames(path)).toEqual([]);
  });

  it.skipIf(!processAbilities().canActForOthers)('has no more rights than whoever asked', async () => {
    const somebody = { uid: 23456, gid: 23456, groups: [] };
    const startHands = restoreThreads({ identity: somebody, threads: 2 });
    using scene = await openScene({ actor: somebody, ops: identityFileOps(somebody), startHands });
    chmodSync(scene.folder, 0o755);
    const source = scene.make('source');
    makeFiles(source, 30);
    const snapshot = await scene.backup(source);
    const path = scene.make('target');
    chownSync(path, somebody.uid, somebody.gid);
    mkdirSync(`${path}/d3`);
    const { outcome } = await scene.restore(snapshot, { target: { kind: 'folder', path } });
    for (const name of ['d0/f0', 'd4/f4', 'large']) expect(lstatSync(`${path}/${name}`).uid).toBe(somebody.uid);
    expect(readFileSync(`${path}/large`).equals(readFileSync(`${source}/large`))).toBe(true);
    expect(readdirSync(`${path}/d3`)).toEqual([]);
    const texts = outcome.warnings.map(({ text }) => text);
    expect(texts).toContain('No permission to write here.');
    expect(texts).toContainEqual(expect.stringMatching(/^The owner of \d+ entries could not be set/));
  });
});

describe('threads of a restore that meet trouble', () => {
  it.each<[string, string, (id: BlobId) => void]>([
    ['a damaged blob', 'by descriptor', changeByte],
    ['a damaged blob', 'as bytes', changeByte],
    ['a pack that is cut off', 'by descriptor', cutOff],
    ['a pack that is cut off', 'as bytes', cutOff],
  ])('cost the files of %s, and no others, in the words of one thread (%s)', async (_what, how, damage) => {
    using scene = await openScene();
    if (how === 'as bytes') Object.assign(repository.backend, { openFile: undefined });
    const source = scene.make('source');
    makeFiles(source, 60);
    writeFileSync(`${source}/d0/hurt`, new SeededRandom(77).bytes(2000));
    const snapshot = await scene.backup(source);
    const large = (await scene.find(snapshot, `${source}/larger`))?.content?.at(-1) as BlobId;
    const small = (await scene.find(snapshot, `${source}/d0/hurt`))?.content?.[0] as BlobId;
    for (const id of [large, small]) damage(id);
    const restored = async (name: string, startHands: SceneOptions['startHands']) => {
      const path = scene.path(name);
      const driver = scene.newDriver(startHands === undefined ? {} : { startHands });
      const request = scene.request(snapshot, { target: { kind: 'folder', path } });
      const { outcome } = await scene.run(await driver.prepare(request, scene.context()));
      expect(ownNames(path)).toEqual([]);
      return { tree: observeTree(path), warnings: outcome.warnings, verified: outcome.verified };
    };
    const threaded = await restored('threads', threads);
    const paths = threaded.warnings.map(({ path }) => path);
    for (const name of ['d0/hurt', 'larger']) expect(paths).toContain(`${source}/${name}`);
    expect(threaded.verified).toBe(63 - paths.length);
    const alone = await restored('alone', undefined);
    expect([...threaded.warnings].sort(byPath)).toEqual([...alone.warnings].sort(byPath));
    expect({ ...threaded, warnings: [] }).toEqual({ ...alone, warnings: [] });
  });

  it.each([
    ['ends', './testing/ending-worker.ts'],
    ['throws', './testing/throwing-worker.ts'],
  ])('end the restore when one %s, and leave nothing half-written', async (_what, program) => {
    const startHands = restoreThreads({ identity: null, threads: 2, program: new URL(program, import.meta.url) });
    using scene = await openScene({ startHands });
    const source = scene.make('source');
    makeFiles(source, 100);
    const path = scene.path('target');
    const { outcome } = await scene.restore(await scene.backup(source), { target: { kind: 'folder', path } });
    expect(outcome.endedBy).toMatchObject({ kind: 'internal', retryable: true });
    // What is made anew gets its name when all of it is there.
    expect(ownNames(scene.folder)).toEqual([]);
    expect(existsSync(path)).toBe(false);
  });

  it('end the restore when one ends while files get their names: what has its name is whole, and can be taken back', async () => {
    const program = new URL('./testing/ending-while-placing-worker.ts', import.meta.url);
    using scene = await openScene({ startHands: restoreThreads({ identity: null, threads: 2, program }) });
    const source = scene.make('source');
    makeFiles(source, 100);
    const path = scene.make('target');
    // Files of folders that are there get their names one by one.
    for (let index = 0; index < 23; index += 1) mkdirSync(`${path}/d${index}`);
    const { outcome, runId } = await scene.restore(await scene.backup(source), { target: { kind: 'folder', path } });
    expect(outcome.endedBy).toMatchObject({ kind: 'internal', retryable: true });
    expect(ownNames(path)).toEqual([]);
    const entries = readdirSync(path, { recursive: true, withFileTypes: true });
    const files = entries.filter((entry) => entry.isFile());
    expect(files.length).toBeGreaterThanOrEqual(25);
    expect(files.length).toBeLessThan(102);
    for (const { parentPath, name } of files) {
      const relative = join(parentPath, name).slice(path.length);
      expect(readFileSync(path + relative).equals(readFileSync(source + relative)), relative).toBe(true);
    }
    expect(outcome.added).toBe(files.length);
    expect(outcome.verified).toBe(0);
    expect((await scene.undo(runId)).outcome).toMatchObject({ warnings: [], notDone: 0 });
    const left = readdirSync(path, { recursive: true, withFileTypes: true });
    expect(left.filter((entry) => !entry.isDirectory())).toEqual([]);
  });

  it('stop soon when it is cancelled, and leave nothing half-written', async () => {
    using scene = await openScene();
    const source = scene.make('source');
    const random = new SeededRandom(8);
    for (let index = 0; index < 12; index += 1) writeFileSync(`${source}/f${index}`, random.bytes(12 * mib));
    const snapshot = await scene.backup(source);
    const path = scene.path('target');
    const prepared = await scene.prepare(snapshot, { target: { kind: 'folder', path } });
    const controller = new AbortController();
    const context = scene.context(controller.signal);
    let abortedAt = 0;
    const report = Object.assign(Object.create(context.report) as typeof context.report, {
      advance: () => {
        if (abortedAt > 0) return;
        abortedAt = performance.now();
        controller.abort();
      },
    });
    const execution = { runId: 'd'.repeat(32) as RunId, unticked: [], safetySnapshotId: null };
    const outcome = await prepared.run(execution, { signal: controller.signal, report });
    expect(outcome.endedBy).toMatchObject({ kind: 'cancelled' });
    expect(outcome.notDone).toBeGreaterThan(0);
    expect(ownNames(scene.folder)).toEqual([]);
    expect(existsSync(path)).toBe(false);
    // A safety deadline: 144 MiB were still to come.
    expect(performance.now() - abortedAt).toBeLessThan(10_000);
  });
});

function byPath(one: { readonly path: string }, other: { readonly path: string }): number {
  return one.path < other.path ? -1 : 1;
}

/** Changes one byte of the blob where it lies. */
function changeByte(id: BlobId): void {
  changePack(id, (bytes, offset) => {
    bytes[offset + 40] = (bytes[offset + 40] ?? 0) ^ 1;
    return bytes;
  });
}

/** The pack ends in the middle of the blob. */
function cutOff(id: BlobId): void {
  changePack(id, (bytes, offset) => bytes.subarray(0, offset + 40));
}

function changePack(id: BlobId, change: (bytes: Buffer, offset: number) => Buffer): void {
  const found = repository.locateBlob('data', id);
  if (found === undefined) throw new Error('the blob is nowhere');
  const path = join(place, 'repository', 'data', found.pack.slice(0, 2), found.pack);
  chmodSync(path, 0o600);
  const bytes = readFileSync(path);
  if (bytes.length > found.offset + 40) writeFileSync(path, change(bytes, found.offset));
}
