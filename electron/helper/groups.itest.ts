import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it } from 'vitest';
import { filesystemSpec } from '../../shared/domain/source.ts';
import { whyNoPrefix } from './quiesce/group/testing/prefix-of-all.ts';
import { resticBinaries } from './repository/testing/restic-program.ts';
import { runProgramOk } from './system/exec.ts';
import {
  type LoopFilesystem,
  type LoopFilesystemType,
  openLoopFilesystem,
  whyNoLoopFilesystem,
} from './system/testing/loop-filesystem.ts';
import { GroupScene, groupOf } from './testing/group-scene.ts';

const missing = whyNoLoopFilesystem('ext4') ?? whyNoLoopFilesystem('xfs');
const [restic] = resticBinaries();
const writer = fileURLToPath(new URL('./quiesce/group/testing/alternating-writer.ts', import.meta.url));

describe.skipIf(missing !== undefined)(missing ?? 'a group, from its registration to what is put back', () => {
  const cleanUps: (() => Promise<unknown> | unknown)[] = [];
  afterEach(async () => {
    for (const cleanUp of cleanUps.splice(0).toReversed()) await cleanUp();
  });

  async function open(type: LoopFilesystemType = 'ext4'): Promise<LoopFilesystem & { readonly folder: string }> {
    const filesystem = await openLoopFilesystem({ type, sizeMiB: 64 });
    cleanUps.push(() => filesystem.close());
    const folder = join(filesystem.mountPoint, 'source');
    mkdirSync(folder);
    return Object.assign(filesystem, { folder });
  }

  function newScene(repositoryPath?: string): GroupScene {
    const scene = new GroupScene(repositoryPath);
    cleanUps.push(() => scene.close());
    return scene;
  }

  async function startWriter(...folders: readonly string[]): Promise<() => Promise<void>> {
    const process_: ChildProcess = spawn(process.execPath, [writer, ...folders], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    if (process_.stdout) await once(process_.stdout, 'data');
    const end = async (): Promise<void> => {
      if (process_.exitCode !== null) return;
      const gone = once(process_, 'exit');
      process_.stdin?.end();
      await gone;
    };
    cleanUps.push(end);
    return end;
  }

  function restoredByRestic(scene: GroupScene, snapshotId: string, folders: readonly string[]) {
    const target = mkdtempSync(join(scene.top, 'restored-'));
    const password = join(scene.top, 'password');
    writeFileSync(password, 'p\n');
    execFileSync(
      restic?.path ?? '',
      ['-r', scene.repositoryPath, '-p', password, 'restore', snapshotId, '--target', target],
      {
        stdio: 'pipe',
      },
    );
    return folders.map((folder) => {
      const last = join(target, folder, 'last');
      const log = readFileSync(join(target, folder, 'log'), 'utf8');
      return { log, last: existsSync(last) ? readFileSync(last, 'utf8') : undefined };
    });
  }

  it.skipIf(restic?.path === undefined)(
    `is one snapshot of ext4 and xfs that ${restic?.title} restores as an exact prefix, and the next counts from it`,
    async () => {
      const [a, b] = [await open('ext4'), await open('xfs')];
      const end = await startWriter(a.folder, b.folder);
      const scene = newScene();
      const sourceId = await scene.protect(groupOf(b.folder, a.folder));
      const first = await scene.backUp(sourceId);
      const second = await scene.backUp(sourceId);
      await end();
      for (const { result, snapshotId, evidence } of [first, second]) {
        expect(result).toMatchObject({ outcome: 'done', level: 'filesystem' });
        expect(evidence).toMatchObject({ sourceKind: 'group', method: 'precopy-freeze', level: 'filesystem' });
        expect(evidence.members?.map(({ filesystem }) => filesystem).toSorted()).toEqual(['ext4', 'xfs']);
        expect(whyNoPrefix(restoredByRestic(scene, snapshotId, [a.folder, b.folder]))).toBeNull();
      }
      expect(second.evidence.tracking?.continuedFrom).toBe(first.evidence.detail.checkpoint);
      const { snapshots } = await scene.call('snapshots.list', {
        ...{ repositoryId: await scene.repository(), offset: 0, limit: 10 },
      });
      expect(snapshots.map(({ paths }) => paths)).toEqual(Array(2).fill([a.folder, b.folder].toSorted()));
      // Named in the other order it is the same: counted from, and not registered twice.
      const other = groupOf(a.folder, b.folder);
      await expect(scene.protect(other, 'Again')).rejects.toMatchObject({
        kind: 'already-exists',
        field: 'spec.members',
      });
      await scene.call('sources.remove', { id: sourceId });
      expect(await scene.protect(other)).toBe(sourceId);
      const third = await scene.backUp(sourceId);
      expect(third.evidence.tracking?.continuedFrom).toBe(second.evidence.detail.checkpoint);
    },
  );

  it('says beforehand what is held, for how long together, and what is left out of each', async () => {
    const [a, b] = [await open(), await open()];
    for (const { folder } of [a, b]) writeFileSync(join(folder, 'file'), 'x');
    const scene = newScene(join(a.folder, 'repository'));
    const spec = groupOf(a.folder, b.folder);
    const [first, second] = spec.members;
    if (!first || !second) throw new Error('two were named');
    mkdirSync(join(b.folder, 'tmp'));
    const members = [first, { ...second, excludes: [join(b.folder, 'tmp')] }];
    const policy = await scene.policy();
    const preflight = await scene.call('sources.preflight', { spec: { ...spec, members }, policy });
    expect(preflight.chosen).toMatchObject({ method: 'precopy-freeze', available: true, level: 'filesystem' });
    expect(preflight.chosen.reasons.join(' ')).toMatch(/2 filesystems are held at the same time/);
    expect(preflight).toMatchObject({ files: 2, freezesWholeFilesystem: true });
    expect(preflight.leftOut.map(({ path }) => path).toSorted()).toEqual(
      [join(a.folder, 'repository'), join(b.folder, 'tmp')].toSorted(),
    );
    const short = await scene.call('sources.preflight', { spec, policy: { ...policy, longestStallMs: 1 } });
    expect(short.chosen.method).toBe('live');
    expect(short.considered[0]?.remedies).toEqual(['raise-longest-stall']);
    // The repository lies in one of them, and is no part of it.
    const { evidence, snapshotId } = await scene.backUp(await scene.protect({ ...spec, members }));
    expect(evidence.leftOut.map(({ path }) => path)).toContain(join(a.folder, 'repository'));
    expect(evidence.level).toBe('filesystem');
    const repositoryId = await scene.repository();
    const tree = await scene.call('snapshots.tree', { repositoryId, snapshotId, path: a.folder, offset: 0, limit: 10 });
    expect(tree.entries.map(({ name }) => name)).toEqual(['file']);
    const [status] = await scene.call('repositories.list', {});
    expect(status?.sameDiskSources).toEqual(['Shop']);
  });

  it('is copied live where one cannot be held, in words that name it', async () => {
    const a = await open();
    const tmpfs = mkdtempSync('/dev/shm/stillpoint-group-');
    cleanUps.push(() => rmSync(tmpfs, { recursive: true }));
    for (const folder of [a.folder, tmpfs]) writeFileSync(join(folder, 'file'), folder);
    const scene = newScene();
    const why = `${tmpfs}: A filesystem of the kind tmpfs cannot be held still.`;
    const spec = groupOf(a.folder, tmpfs);
    const preflight = await scene.call('sources.preflight', { spec, policy: await scene.policy() });
    expect(preflight.chosen.method).toBe('live');
    expect(preflight.considered.flatMap(({ reasons }) => reasons)).toContain(why);
    const { evidence } = await scene.backUp(await scene.protect(spec));
    expect(evidence).toMatchObject({ method: 'live', hold: null });
    expect(['observed-static', 'per-file']).toContain(evidence.level);
    expect(evidence.whyNotStronger.join(' ')).toContain(why);
  });

  it('names the field of the place that is wrong', async () => {
    const a = await open();
    const scene = newScene();
    const inside = join(a.folder, 'inside');
    mkdirSync(inside);
    const added = (...paths: string[]) => scene.protect(groupOf(...paths));
    await expect(added(a.folder, '/nowhere/at/all')).rejects.toMatchObject({
      kind: 'source-absent',
      field: 'spec.members.1.path',
    });
    await expect(added(a.folder, inside)).rejects.toMatchObject({
      ...{ kind: 'bad-input', field: 'spec.members.1.path', message: expect.stringContaining('is part of') },
    });
    await expect(added(a.folder, `${a.folder}/.`)).rejects.toMatchObject({ kind: 'bad-input' });
    await expect(added(scene.repositoryPath, a.folder)).rejects.toMatchObject({ field: 'spec.members.0.path' });
    // Left out of the outer one, it may have rules of its own.
    const members = [filesystemSpec(a.folder, { excludes: [inside] }), filesystemSpec(inside)];
    writeFileSync(join(inside, 'file'), 'x');
    const { evidence, snapshotId } = await scene.backUp(await scene.protect({ kind: 'group', members }));
    expect(evidence).toMatchObject({ level: 'filesystem', leftOut: [], files: { files: 1 } });
    rmSync(join(inside, 'file'));
    await scene.restore(snapshotId);
    expect(readFileSync(join(inside, 'file'), 'utf8')).toBe('x');
  });

  it('tells what changed and what is left out of all of them', async () => {
    const [a, b] = [await open(), await open()];
    for (const { folder } of [a, b]) {
      writeFileSync(join(folder, 'file'), 'x');
      writeFileSync(join(folder, 'big.iso'), Buffer.alloc(4096));
    }
    const scene = newScene();
    const members = [a, b].map(({ folder }) => filesystemSpec(folder, { ignoreLines: ['*.iso'] }));
    const sizes = await scene.call('sources.excludeSizes', { spec: { kind: 'group', members } });
    expect(sizes.items.find(({ value }) => value === '*.iso')).toMatchObject({ files: 2, bytes: 8192 });
    expect(sizes).toMatchObject({ keptFiles: 2, complete: true });
    const id = await scene.protect({ kind: 'group', members });
    const activity = await scene.call('sources.activity', { id, since: '2020-01-01T00:00:00Z' });
    expect(activity.changes).toBe(4);
  });

  it('is put back to where it was, in parts or exactly, and taken back', async () => {
    const [a, b] = [await open(), await open()];
    for (const { folder } of [a, b]) {
      mkdirSync(join(folder, 'below'));
      writeFileSync(join(folder, 'below/file'), `in ${folder}`);
    }
    const scene = newScene();
    const members = [filesystemSpec(a.folder, { ignoreLines: ['*.log'] }), filesystemSpec(b.folder)];
    const { snapshotId } = await scene.backUp(await scene.protect({ kind: 'group', members }));
    for (const { folder } of [a, b]) {
      writeFileSync(join(folder, 'below/file'), 'changed');
      writeFileSync(join(folder, 'later.log'), 'later');
    }
    const one = await scene.restore(snapshotId, { selection: [`${b.folder}/below/file`] });
    expect(one.result.outcome).toBe('done');
    expect(readFileSync(join(b.folder, 'below/file'), 'utf8')).toBe(`in ${b.folder}`);
    expect(readFileSync(join(a.folder, 'below/file'), 'utf8')).toBe('changed');
    const all = await scene.restore(snapshotId, { mode: 'exact' });
    expect(all.result.outcome).toBe('done');
    for (const { folder } of [a, b]) expect(readFileSync(join(folder, 'below/file'), 'utf8')).toBe(`in ${folder}`);
    // The rules of the one left it out, the other has none.
    expect([a, b].map(({ folder }) => existsSync(join(folder, 'later.log')))).toEqual([true, false]);
    expect((await scene.undo(all.runId)).outcome).toBe('done');
    expect(readFileSync(join(a.folder, 'below/file'), 'utf8')).toBe('changed');
    expect(existsSync(join(b.folder, 'later.log'))).toBe(true);
    const elsewhere = join(scene.top, 'elsewhere');
    await scene.restore(snapshotId, { target: { kind: 'folder', path: elsewhere } });
    for (const { folder } of [a, b])
      expect(readFileSync(join(elsewhere, folder, 'below/file'), 'utf8')).toBe(`in ${folder}`);
  });

  it('holds a filesystem that is mounted inside another, and puts back each', async () => {
    const [outer, inner] = [await open(), await open()];
    const mountPoint = join(outer.folder, 'mounted');
    mkdirSync(mountPoint);
    await runProgramOk('/usr/bin/mount', ['--bind', inner.folder, mountPoint]);
    cleanUps.push(() => runProgramOk('/usr/bin/umount', [mountPoint]));
    writeFileSync(join(outer.folder, 'file'), 'outer');
    writeFileSync(join(mountPoint, 'file'), 'inner');
    const scene = newScene();
    const { snapshotId, evidence } = await scene.backUp(await scene.protect(groupOf(outer.folder, mountPoint)));
    expect(evidence).toMatchObject({ level: 'filesystem', leftOut: [], files: { files: 2 } });
    for (const folder of [outer.folder, mountPoint]) writeFileSync(join(folder, 'file'), 'changed');
    writeFileSync(join(mountPoint, 'later'), 'later');
    const { plan, result } = await scene.restore(snapshotId, { mode: 'exact' });
    expect(plan.counts).toMatchObject({ replace: 2, delete: 1 });
    expect(result.outcome).toBe('done');
    expect(readFileSync(join(outer.folder, 'file'), 'utf8')).toBe('outer');
    expect(readFileSync(join(mountPoint, 'file'), 'utf8')).toBe('inner');
    expect(existsSync(join(mountPoint, 'later'))).toBe(false);
    const elsewhere = join(scene.top, 'elsewhere');
    await scene.restore(snapshotId, { target: { kind: 'folder', path: elsewhere } });
    expect(readFileSync(join(elsewhere, mountPoint, 'file'), 'utf8')).toBe('inner');
  });
});
