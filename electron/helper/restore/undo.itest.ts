import {
  appendFileSync,
  chmodSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { describe, expect, it } from 'vitest';
import { CountingReporter } from '../capture/testing/literal-view.ts';
import { observeTree } from './testing/observe-tree.ts';
import { RestoreScene } from './testing/restore-scene.ts';

const noDirectoryTimes = { directoryTimes: false };

/** A source that was changed in every way since its snapshot. */
async function changedSource(scene: RestoreScene) {
  const source = scene.make('docs');
  mkdirSync(`${source}/gone/deep`, { recursive: true });
  writeFileSync(`${source}/gone/deep/file`, 'gone file');
  writeFileSync(`${source}/changed`, 'then');
  writeFileSync(`${source}/mode`, 'same');
  writeFileSync(`${source}/was-file`, 'file');
  mkdirSync(`${source}/was-folder/in`, { recursive: true });
  writeFileSync(`${source}/was-folder/in/it`, 'in it');
  const snapshot = await scene.backup(source);
  const then = observeTree(source, noDirectoryTimes);
  rmSync(`${source}/gone`, { recursive: true });
  writeFileSync(`${source}/changed`, 'now, changed');
  chmodSync(`${source}/mode`, 0o600);
  unlinkSync(`${source}/was-file`);
  mkdirSync(`${source}/was-file/inner`, { recursive: true });
  writeFileSync(`${source}/was-file/inner/x`, 'x');
  rmSync(`${source}/was-folder`, { recursive: true });
  symlinkSync('changed', `${source}/was-folder`);
  mkdirSync(`${source}/extra`);
  writeFileSync(`${source}/extra/e`, 'extra');
  const now = observeTree(source, noDirectoryTimes);
  return { source, snapshot, then, now };
}

describe('undo', () => {
  it('of an exact restore brings everything back as it was before, and can itself be undone, again and again', async () => {
    using scene = await RestoreScene.open();
    const { source, snapshot, then, now } = await changedSource(scene);
    const first = await scene.restore(snapshot, { mode: 'exact' });
    expect(first.outcome).toMatchObject({ warnings: [], notDone: 0, endedBy: null });
    expect(observeTree(source, noDirectoryTimes)).toEqual(then);
    const second = await scene.undo(first.runId);
    expect(second.outcome).toMatchObject({ warnings: [], notDone: 0, endedBy: null });
    expect(observeTree(source, noDirectoryTimes)).toEqual(now);
    const third = await scene.undo(second.runId);
    expect(third.outcome).toMatchObject({ warnings: [], notDone: 0 });
    expect(observeTree(source, noDirectoryTimes)).toEqual(then);
    const fourth = await scene.undo(third.runId);
    expect(fourth.outcome).toMatchObject({ warnings: [], notDone: 0 });
    expect(observeTree(source, noDirectoryTimes)).toEqual(now);
  });

  it('of a restore that kept everything else takes back only what it did', async () => {
    using scene = await RestoreScene.open();
    const { source, snapshot, now } = await changedSource(scene);
    const { runId } = await scene.restore(snapshot);
    expect(existsSync(`${source}/gone/deep/file`)).toBe(true);
    expect((await scene.undo(runId)).outcome).toMatchObject({ warnings: [], notDone: 0 });
    expect(observeTree(source, noDirectoryTimes)).toEqual(now);
  });

  it('keeps what was changed since, and says so', async () => {
    using scene = await RestoreScene.open();
    const { source, snapshot } = await changedSource(scene);
    const { runId } = await scene.restore(snapshot, { mode: 'exact' });
    appendFileSync(`${source}/changed`, ', edited after the restore');
    appendFileSync(`${source}/gone/deep/file`, ', edited too');
    writeFileSync(`${source}/was-folder/in/mine`, 'mine');
    mkdirSync(`${source}/extra`);
    writeFileSync(`${source}/extra/e`, 'made again by hand');
    const context = { signal: scene.signal, report: new CountingReporter() };
    const { outcome } = await scene.driver.undo(runId, context, (prepared) => {
      const told = prepared.plan.warnings.find(({ code }) => code === 'newer-now');
      expect(told?.text).toMatch(/changed since the restore/);
      expect(told?.paths.map((path) => path.slice(source.length))).toEqual(
        expect.arrayContaining(['/changed', '/gone/deep/file', '/was-folder/in/mine', '/extra']),
      );
      return scene.run(prepared);
    });
    expect(outcome.endedBy).toBeNull();
    expect(readFileSync(`${source}/changed`, 'utf8')).toBe('then, edited after the restore');
    expect(readFileSync(`${source}/gone/deep/file`, 'utf8')).toBe('gone file, edited too');
    expect(readFileSync(`${source}/was-folder/in/mine`, 'utf8')).toBe('mine');
    expect(readFileSync(`${source}/extra/e`, 'utf8')).toBe('made again by hand');
    // What nobody touched is taken back all the same.
    expect(readFileSync(`${source}/was-file/inner/x`, 'utf8')).toBe('x');
  });

  it('works after a restart, lists what can be undone, and forgets it after 30 days', async () => {
    using scene = await RestoreScene.open();
    const { source, snapshot, now } = await changedSource(scene);
    const { runId } = await scene.restore(snapshot, { mode: 'exact' });
    const driver = scene.newDriver();
    expect(driver.undoable()).toEqual([
      expect.objectContaining({ runId, targetPath: source, undoneBy: null, restoredSnapshotId: snapshot }),
    ]);
    const report = new CountingReporter();
    const undo = await driver.undo(runId, { signal: scene.signal, report }, (prepared) => scene.run(prepared));
    expect(observeTree(source, noDirectoryTimes)).toEqual(now);
    const listed = scene.newDriver().undoable();
    expect(listed.find((each) => each.runId === runId)?.undoneBy).toBe(undo.runId);
    expect(listed.find((each) => each.runId === undo.runId)?.undoneBy).toBeNull();
    await expect(scene.undo(runId)).rejects.toMatchObject({ kind: 'nothing-to-undo' });
    scene.nowMs += 31 * 86_400_000;
    expect(scene.newDriver().undoable()).toEqual([]);
    await expect(scene.undo(undo.runId)).rejects.toMatchObject({ kind: 'nothing-to-undo' });
  });

  it('finds the folder again when its device has another number, as after a boot', async () => {
    using scene = await RestoreScene.open();
    const { source, snapshot, now } = await changedSource(scene);
    const { runId } = await scene.restore(snapshot, { mode: 'exact' });
    const path = `${scene.stateDirectory}/restores/${runId}.json`;
    const device = `"deviceId":"${statSync(source, { bigint: true }).dev}"`;
    const text = readFileSync(path, 'utf8');
    expect(text.split(device).length).toBeGreaterThan(5);
    writeFileSync(path, text.replaceAll(device, '"deviceId":"987654321"'));
    expect((await scene.undo(runId)).outcome).toMatchObject({ warnings: [], notDone: 0 });
    expect(observeTree(source, noDirectoryTimes)).toEqual(now);
  });

  it('does nothing where the folder is another one now', async () => {
    using scene = await RestoreScene.open();
    const { source, snapshot } = await changedSource(scene);
    const { runId } = await scene.restore(snapshot, { mode: 'exact' });
    renameSync(source, `${source}-moved`);
    mkdirSync(source);
    await expect(scene.undo(runId)).rejects.toMatchObject({ kind: 'target-changed' });
    expect(observeTree(source)).toEqual({});
  });

  it('of a restore into a new folder removes the folder, with no safety snapshot needed', async () => {
    using scene = await RestoreScene.open();
    const { snapshot } = await changedSource(scene);
    const target = scene.path('a', 'new', 'folder');
    const { runId } = await scene.restore(snapshot, { target: { kind: 'folder', path: target } });
    expect(existsSync(`${target}/gone/deep/file`)).toBe(true);
    expect(scene.driver.undoable()[0]).toMatchObject({ safetySnapshotId: null, runId });
    expect((await scene.undo(runId)).outcome.warnings).toEqual([]);
    expect(existsSync(scene.path('a'))).toBe(false);
  });

  it('shows nobody the restores of others', async () => {
    using scene = await RestoreScene.open();
    const { snapshot } = await changedSource(scene);
    const { runId } = await scene.restore(snapshot);
    const other = scene.newDriver({ actor: { uid: 1234, gid: 1234, groups: [] } });
    expect(other.undoable()).toEqual([]);
    expect(() => other.record(runId)).toThrow(expect.objectContaining({ kind: 'nothing-to-undo' }));
  });
});
