import { closeSync, existsSync, mkdirSync, openSync, readdirSync, rmSync, writeFileSync, writeSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { SeededRandom } from '../repository/testing/seeded-random.ts';
import { observeTree } from '../restore/testing/observe-tree.ts';
import { RestoreScene } from '../restore/testing/restore-scene.ts';
import { hasCode } from '../system/errno.ts';
import { openLoopFilesystem, whyNoLoopFilesystem } from '../system/testing/loop-filesystem.ts';
import { restoreThreads } from './restore-threads.ts';

const mib = 1024 * 1024;
const noLoop = whyNoLoopFilesystem('ext4');
const startHands = restoreThreads({ identity: null, threads: 2 });

function ownNames(path: string): readonly string[] {
  return readdirSync(path, { recursive: true, encoding: 'utf8' }).filter((name) =>
    name.includes('.stillpoint-restore-'),
  );
}

describe('threads of a restore to a target that is full', () => {
  it.skipIf(noLoop !== undefined).each([
    [60, 700_000],
    [20, 3_000_000],
  ])(`keep what fits of %d files, whole${noLoop ? ` (${noLoop})` : ''}`, async (count, length) => {
    await using disk = await openLoopFilesystem({ type: 'ext4', sizeMiB: 16 });
    using scene = await RestoreScene.open({ startHands });
    const source = scene.make('source');
    const random = new SeededRandom(3);
    for (let index = 0; index < count; index += 1) writeFileSync(`${source}/f${index}`, random.bytes(length));
    const snapshot = await scene.backup(source);
    const path = `${disk.mountPoint}/target`;
    const { outcome, runId } = await scene.restore(snapshot, { target: { kind: 'folder', path } });
    expect(outcome.endedBy).toMatchObject({ kind: 'target-full', retryable: true });
    const there = observeTree(path);
    const wanted = observeTree(source);
    for (const [name, facts] of Object.entries(there)) expect(facts, name).toBe(wanted[name]);
    expect(ownNames(path)).toEqual([]);
    if (length < mib) expect(Object.keys(there).length).toBeGreaterThan(4);
    expect(outcome.added).toBe(Object.keys(there).length + 1);
    await scene.undo(runId);
    expect(existsSync(path)).toBe(false);
  });

  it.skipIf(noLoop !== undefined).each(['elsewhere', 'on it'])(
    `leave nothing half-made of folders in folders, and take back what fitted on the disk that is still full, the journal %s${noLoop ? ` (${noLoop})` : ''}`,
    async (where) => {
      await using disk = await openLoopFilesystem({ type: 'ext4', sizeMiB: 16 });
      using elsewhere = await RestoreScene.open({ startHands });
      const { repository } = elsewhere;
      const source = elsewhere.make('source');
      using onIt = await RestoreScene.open({ startHands, repository, folder: disk.mountPoint });
      const scene = where === 'on it' ? onIt : elsewhere;
      const random = new SeededRandom(31);
      for (let index = 0; index < 900; index += 1) {
        const folder = `${source}/d${index % 9}/e${index % 3}`;
        mkdirSync(folder, { recursive: true });
        writeFileSync(`${folder}/f${index}`, random.bytes(30_000));
      }
      const snapshot = await scene.backup(source);
      const path = `${disk.mountPoint}/target`;
      const { outcome, runId } = await scene.restore(snapshot, { target: { kind: 'folder', path } });
      expect(outcome.endedBy).toMatchObject({ kind: 'target-full', retryable: true });
      expect(outcome.notDone).toBeGreaterThan(100);
      expect(ownNames(disk.mountPoint)).toEqual([]);
      const wanted = observeTree(source, { directoryTimes: false });
      const there = existsSync(path) ? observeTree(path, { directoryTimes: false }) : {};
      for (const [name, facts] of Object.entries(there)) expect(facts, name).toBe(wanted[name]);
      expect(outcome.added).toBe(existsSync(path) ? Object.keys(there).length + 1 : 0);
      if (where === 'elsewhere') {
        // Whatever room was left goes to somebody else.
        fill(`${disk.mountPoint}/filler`);
        expect(outcome.added).toBeGreaterThan(100);
      }
      if (outcome.added > 0)
        expect((await scene.undo(runId)).outcome).toMatchObject({ warnings: [], notDone: 0, endedBy: null });
      expect(existsSync(path)).toBe(false);
      expect(ownNames(disk.mountPoint)).toEqual([]);
      rmSync(`${disk.mountPoint}/filler`, { force: true });
      // What was begun on it was ended: nothing is left for whoever starts next.
      expect(await scene.driver.recover()).toEqual([]);
    },
  );
});

/** Takes all room there is. */
function fill(path: string): void {
  const fd = openSync(path, 'w');
  try {
    for (;;) writeSync(fd, Buffer.alloc(mib, 1));
  } catch (error) {
    if (!hasCode(error, 'ENOSPC')) throw error;
  } finally {
    closeSync(fd);
  }
}
