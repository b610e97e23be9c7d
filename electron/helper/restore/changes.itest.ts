import {
  appendFileSync,
  chmodSync,
  existsSync,
  linkSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
  unlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { RunId } from '../../../shared/domain/ids.ts';
import { CountingReporter } from '../capture/testing/literal-view.ts';
import { type FileOps, plainFileOps } from '../system/file-ops.ts';
import { assertSafe } from './assert-safe.ts';
import { observeTree } from './testing/observe-tree.ts';
import { RestoreScene } from './testing/restore-scene.ts';

function makeSource(scene: RestoreScene): string {
  const source = scene.make('docs');
  mkdirSync(`${source}/sub`);
  writeFileSync(`${source}/a.txt`, 'a as it was');
  writeFileSync(`${source}/b.txt`, 'b as it was');
  writeFileSync(`${source}/sub/c.txt`, 'c as it was');
  symlinkSync('a.txt', `${source}/link`);
  return source;
}

function damage(source: string): void {
  writeFileSync(`${source}/a.txt`, 'a changed since');
  unlinkSync(`${source}/b.txt`);
  rmSync(`${source}/sub`, { recursive: true });
  unlinkSync(`${source}/link`);
  symlinkSync('elsewhere', `${source}/link`);
  writeFileSync(`${source}/new.txt`, 'new');
  mkdirSync(`${source}/new-dir/deep`, { recursive: true });
  writeFileSync(`${source}/new-dir/deep/file`, 'deep');
}

describe('putting back to the original place', () => {
  it('by default brings everything back and keeps everything else', async () => {
    using scene = await RestoreScene.open();
    const source = makeSource(scene);
    const before = observeTree(source, { directoryTimes: false });
    const snapshot = await scene.backup(source);
    damage(source);
    const prepared = await scene.prepare(snapshot);
    expect(prepared.plan.counts).toMatchObject({ add: 3, replace: 2, delete: 0 });
    expect(prepared.plan.keptNewer).toBe(2);
    expect(prepared.plan.targetPath).toBe(source);
    expect(prepared.plan.warnings.map(({ code }) => code)).toContain('newer-now');
    const { outcome } = await scene.run(prepared);
    expect(outcome).toMatchObject({
      added: 3,
      replaced: 2,
      deleted: 0,
      notDone: 0,
      warnings: [],
      endedBy: null,
      verified: 3,
    });
    const after = observeTree(source, { directoryTimes: false });
    expect(after).toMatchObject(before);
    expect(readFileSync(`${source}/new-dir/deep/file`, 'utf8')).toBe('deep');
    expect(Object.keys(after)).toHaveLength(Object.keys(before).length + 4);
  });

  it('exactly as it was deletes what was listed, and brings directory times back', async () => {
    using scene = await RestoreScene.open();
    const source = makeSource(scene);
    const before = observeTree(source, { top: true });
    const snapshot = await scene.backup(source);
    damage(source);
    const prepared = await scene.prepare(snapshot, { mode: 'exact' });
    const deletions = prepared.entries({ actions: ['delete'], filter: '', offset: 0, limit: 10 });
    expect(deletions.entries.map(({ path }) => path.slice(source.length))).toEqual([
      '/new-dir',
      '/new-dir/deep',
      '/new-dir/deep/file',
      '/new.txt',
    ]);
    const { outcome } = await scene.run(prepared);
    expect(outcome).toMatchObject({ deleted: 4, notDone: 0, warnings: [] });
    expect(observeTree(source, { top: true })).toEqual(before);
  });

  it('makes the folder anew when it is gone, with the metadata of what lies above it', async () => {
    using scene = await RestoreScene.open();
    const source = scene.make('home', 'ann', 'docs');
    chmodSync(scene.path('home', 'ann'), 0o710);
    writeFileSync(`${source}/a`, 'a');
    const before = observeTree(scene.path('home'), { directoryTimes: false });
    const snapshot = await scene.backup(source);
    rmSync(scene.path('home'), { recursive: true });
    const { outcome } = await scene.restore(snapshot);
    expect(outcome).toMatchObject({ warnings: [], added: 4 });
    expect(observeTree(scene.path('home'), { directoryTimes: false })).toEqual(before);
  });

  it('puts back a choice only, and makes the folders on the way to it', async () => {
    using scene = await RestoreScene.open();
    const source = makeSource(scene);
    const snapshot = await scene.backup(source);
    damage(source);
    const { outcome } = await scene.restore(snapshot, {
      selection: [`${source}/sub/c.txt`, `${source}/b.txt`],
      mode: 'exact',
    });
    expect(outcome).toMatchObject({ added: 3, replaced: 0, deleted: 0 });
    expect(readFileSync(`${source}/sub/c.txt`, 'utf8')).toBe('c as it was');
    expect(readFileSync(`${source}/a.txt`, 'utf8')).toBe('a changed since');
    expect(existsSync(`${source}/new.txt`)).toBe(true);
  });

  it('sets metadata where only that differs, without writing content', async () => {
    using scene = await RestoreScene.open();
    const source = makeSource(scene);
    const before = observeTree(source);
    const snapshot = await scene.backup(source);
    const inode = statSync(`${source}/a.txt`).ino;
    chmodSync(`${source}/a.txt`, 0o600);
    chmodSync(`${source}/sub`, 0o700);
    const { outcome } = await scene.restore(snapshot);
    expect(outcome).toMatchObject({ metadataOnly: 2, replaced: 0, bytesWritten: 0, warnings: [] });
    expect(statSync(`${source}/a.txt`).ino).toBe(inode);
    expect(observeTree(source)).toEqual(before);
  });

  it('never writes through a further name of a file', async () => {
    using scene = await RestoreScene.open();
    const source = makeSource(scene);
    const snapshot = await scene.backup(source);
    const outside = scene.path('outside');
    writeFileSync(outside, 'not ours');
    const times = statSync(`${source}/a.txt`);
    unlinkSync(`${source}/a.txt`);
    // Same size, same time, another inode that has a name outside: only its metadata seems to differ.
    writeFileSync(outside, 'a as it was');
    utimesSync(outside, times.atime, times.mtime);
    chmodSync(outside, 0o600);
    linkSync(outside, `${source}/a.txt`);
    await scene.restore(snapshot);
    expect(statSync(outside).mode & 0o777).toBe(0o600);
    expect(statSync(outside).nlink).toBe(1);
    expect(statSync(`${source}/a.txt`).mode & 0o777).toBe(0o644);
  });

  it('leaves unticked entries and everything in them as they are', async () => {
    using scene = await RestoreScene.open();
    const source = makeSource(scene);
    const snapshot = await scene.backup(source);
    damage(source);
    const unticked = [`${source}/a.txt`, `${source}/sub`, `${source}/new-dir`];
    const { outcome } = await scene.restore(snapshot, { mode: 'exact' }, { unticked });
    expect(outcome).toMatchObject({ added: 1, replaced: 1, deleted: 1, notDone: 0 });
    expect(readFileSync(`${source}/a.txt`, 'utf8')).toBe('a changed since');
    expect(existsSync(`${source}/sub`)).toBe(false);
    expect(existsSync(`${source}/new-dir/deep/file`)).toBe(true);
  });
});

describe('something of another kind in the way', () => {
  it('a file gives way to the folder it was; a folder only when it shall be exactly as it was', async () => {
    using scene = await RestoreScene.open();
    const source = makeSource(scene);
    const before = observeTree(source);
    const snapshot = await scene.backup(source);
    rmSync(`${source}/sub`, { recursive: true });
    writeFileSync(`${source}/sub`, 'a file now');
    unlinkSync(`${source}/b.txt`);
    mkdirSync(`${source}/b.txt/inner`, { recursive: true });
    writeFileSync(`${source}/b.txt/inner/precious`, 'precious');

    const kept = await scene.restore(snapshot);
    expect(kept.outcome.endedBy).toBeNull();
    expect(readFileSync(`${source}/sub/c.txt`, 'utf8')).toBe('c as it was');
    expect(readFileSync(`${source}/b.txt/inner/precious`, 'utf8')).toBe('precious');

    const prepared = await scene.prepare(snapshot, { mode: 'exact' });
    expect(prepared.plan.warnings).toContainEqual(expect.objectContaining({ code: 'type-change', asks: true }));
    expect(prepared.plan.counts).toMatchObject({ replace: 1, delete: 2 });
    const { outcome } = await scene.run(prepared);
    expect(outcome).toMatchObject({ replaced: 1, deleted: 2, warnings: [] });
    expect(observeTree(source)).toEqual(before);
  });

  it('never follows a link that stands where a folder was', async () => {
    using scene = await RestoreScene.open();
    const source = makeSource(scene);
    const snapshot = await scene.backup(source);
    const elsewhere = scene.make('elsewhere');
    rmSync(`${source}/sub`, { recursive: true });
    symlinkSync(elsewhere, `${source}/sub`);
    await scene.restore(snapshot, { selection: [`${source}/sub/c.txt`] });
    expect(observeTree(elsewhere)).toEqual({});
    expect(lstatSync(`${source}/sub`).isDirectory()).toBe(true);
    expect(readFileSync(`${source}/sub/c.txt`, 'utf8')).toBe('c as it was');
  });
});

describe('what changes after the preview', () => {
  it('is replaced when the safety snapshot has it, and otherwise left and told', async () => {
    using scene = await RestoreScene.open();
    const source = makeSource(scene);
    const snapshot = await scene.backup(source);
    damage(source);
    const prepared = await scene.prepare(snapshot, { mode: 'exact' });
    // Before the safety snapshot: it is kept safe as it is then.
    appendFileSync(`${source}/a.txt`, ', and once more');
    const { runId, outcome } = await scene.run(prepared, {
      beforeRun: () => {
        appendFileSync(`${source}/new.txt`, ', and more');
        writeFileSync(`${source}/b.txt`, 'came meanwhile');
        writeFileSync(`${source}/new-dir/deep/later`, 'later');
      },
    });
    expect(readFileSync(`${source}/a.txt`, 'utf8')).toBe('a as it was');
    expect(readFileSync(`${source}/new.txt`, 'utf8')).toBe('new, and more');
    expect(readFileSync(`${source}/b.txt`, 'utf8')).toBe('came meanwhile');
    expect(readFileSync(`${source}/new-dir/deep/later`, 'utf8')).toBe('later');
    expect(existsSync(`${source}/new-dir/deep/file`)).toBe(false);
    expect(outcome.warnings.map(({ path }) => path.slice(source.length)).sort()).toEqual(
      ['/b.txt', '/new-dir', '/new-dir/deep', '/new.txt'].sort(),
    );
    expect(outcome.notDone).toBe(4);
    await scene.undo(runId);
    expect(readFileSync(`${source}/a.txt`, 'utf8')).toBe('a changed since, and once more');
  });

  it('is replaced as planned only, when the user refused the safety snapshot', async () => {
    using scene = await RestoreScene.open();
    const source = makeSource(scene);
    const snapshot = await scene.backup(source);
    damage(source);
    const { runId, outcome } = await scene.run(await scene.prepare(snapshot), {
      refuseSafety: true,
      beforeRun: () => appendFileSync(`${source}/a.txt`, '!'),
    });
    expect(outcome.replaced).toBe(1);
    expect(readFileSync(`${source}/a.txt`, 'utf8')).toBe('a changed since!');
    expect(readlinkSync(`${source}/link`)).toBe('a.txt');
    expect(scene.driver.undoable()).toEqual([]);
    await expect(scene.undo(runId)).rejects.toMatchObject({ kind: 'nothing-to-undo' });
  });

  it('is not replaced even when it comes between the look and the putting in place', async () => {
    let isBlind = false;
    const ops: FileOps = {
      ...plainFileOps,
      // The file comes right after the look: the look saw nothing.
      lstatIfThere: (path) =>
        isBlind && path.toString().endsWith('/b.txt') ? undefined : plainFileOps.lstatIfThere(path),
    };
    using scene = await RestoreScene.open({ ops });
    const source = makeSource(scene);
    const snapshot = await scene.backup(source);
    damage(source);
    const { outcome } = await scene.run(await scene.prepare(snapshot), {
      beforeRun: () => {
        writeFileSync(`${source}/b.txt`, 'came meanwhile');
        isBlind = true;
      },
    });
    expect(readFileSync(`${source}/b.txt`, 'utf8')).toBe('came meanwhile');
    expect(outcome.warnings.map(({ path }) => path)).toEqual([`${source}/b.txt`]);
  });

  it('refuses a safety snapshot of a file that keeps changing', async () => {
    using scene = await RestoreScene.open();
    const source = makeSource(scene);
    const snapshot = await scene.backup(source);
    damage(source);
    const prepared = await scene.prepare(snapshot);
    const view = slowly(prepared.endangeredView([]));
    const timer = setInterval(() => appendFileSync(`${source}/a.txt`, '.'), 0);
    try {
      await expect(scene.backupView(view, [source])).rejects.toMatchObject({ kind: 'target-changed' });
    } finally {
      clearInterval(timer);
    }
    expect(() => assertSafe({ torn: [], tornTotal: 0, unreadable: [], unreadableTotal: 0 })).not.toThrow();
  });

  it('will not run with a safety snapshot that was not made from its view', async () => {
    using scene = await RestoreScene.open();
    const source = makeSource(scene);
    const snapshot = await scene.backup(source);
    damage(source);
    const prepared = await scene.prepare(snapshot);
    const run = prepared.run(
      { runId: 'a'.repeat(32) as RunId, unticked: [], safetySnapshotId: snapshot },
      { signal: scene.signal, report: new CountingReporter() },
    );
    await expect(run).rejects.toMatchObject({ kind: 'internal' });
    expect(readFileSync(`${source}/a.txt`, 'utf8')).toBe('a changed since');
  });
});

describe('a disk that does not keep what is written', () => {
  it('is found out by reading back', async () => {
    const ops: FileOps = {
      ...plainFileOps,
      writeAllSync: (fd, buffer, position) =>
        plainFileOps.writeAllSync(fd, Buffer.from(Buffer.from(buffer).toString().replace('c as', 'x as')), position),
    };
    using scene = await RestoreScene.open({ ops });
    const snapshot = await scene.backup(makeSource(scene));
    const { outcome } = await scene.restore(snapshot, { target: { kind: 'folder', path: scene.path('target') } });
    expect(outcome).toMatchObject({ added: 6, verified: 2, notDone: 0 });
    expect(outcome.warnings).toEqual([
      { path: `${scene.path('docs')}/sub/c.txt`, text: expect.stringMatching(/^It does not read back/) },
    ]);
  });
});

/** The same view, giving the event loop a turn at every piece: a writer gets in between. */
function slowly(view: ReturnType<Awaited<ReturnType<RestoreScene['prepare']>>['endangeredView']>): typeof view {
  const slowEntry = (entry: typeof view.root): typeof view.root => {
    const { children, content } = entry;
    return {
      ...entry,
      children:
        children &&
        async function* () {
          for await (const child of children()) yield slowEntry(child);
        },
      content: content && {
        base: null,
        readInto: (sink, signal) =>
          content.readInto(
            {
              data: async (bytes) => {
                await sink.data(bytes);
                await new Promise((resolve) => setTimeout(resolve, 5));
              },
              hole: (length) => sink.hole(length),
              same: (length) => sink.same(length),
              restart: () => sink.restart(),
            },
            signal,
          ),
      },
    };
  };
  return { ...view, root: slowEntry(view.root) };
}
