import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { RunId } from '../../../shared/domain/ids.ts';
import { type FileOps, plainFileOps } from '../system/file-ops.ts';
import { Journal, leftJournals } from './journal/journal.ts';
import { observeTree } from './testing/observe-tree.ts';
import { RestoreScene } from './testing/restore-scene.ts';

/** Does something of its own each time a restore puts a finished file in its place. */
function whileRestoring(step: () => void): FileOps {
  return {
    ...plainFileOps,
    renameSync: (from, to) => {
      step();
      plainFileOps.renameSync(from, to);
    },
  };
}

describe('a helper that starts while another one of the same user restores', () => {
  it('keeps away from that restore', async () => {
    const told: (readonly string[])[] = [];
    using scene = await RestoreScene.open();
    const source = scene.make('docs');
    for (let index = 0; index < 20; index += 1) writeFileSync(`${source}/f${index}`, `then ${index}`);
    const snapshot = await scene.backup(source);
    const then = observeTree(source);
    for (let index = 0; index < 20; index += 1) writeFileSync(`${source}/f${index}`, `now ${index}`);
    const starting = scene.newDriver();
    let starts = 0;
    const ops = whileRestoring(() => {
      starts += 1;
      // All of it happens before this returns.
      void starting.recover().then((lines) => told.push(lines));
    });
    const busy = RestoreScene.at(scene.folder, { repository: scene.repository, ops });
    const { outcome } = await busy.restore(snapshot, { mode: 'exact' });
    expect(starts).toBeGreaterThan(0);
    expect(told.flat()).toEqual([]);
    expect(outcome).toMatchObject({ endedBy: null, replaced: 20, verified: 20 });
    expect(observeTree(source)).toEqual(then);
    expect(leftJournals(scene.stateDirectory)).toEqual([]);
    expect(readdirSync(source)).toHaveLength(20);
  });

  it('does not take a journal that has only just been made', async () => {
    using scene = await RestoreScene.open();
    mkdirSync(scene.stateDirectory, { recursive: true });
    const journal = Journal.create(scene.stateDirectory, '1'.repeat(32) as RunId);
    expect(await scene.newDriver().recover()).toEqual([]);
    expect(readdirSync(scene.stateDirectory)).toEqual([`restore-${'1'.repeat(32)}.journal`]);
    journal.remove();
    expect(readdirSync(scene.stateDirectory)).toEqual([]);
  });

  it('takes it once its owner has gone', async () => {
    using scene = await RestoreScene.open();
    Journal.create(scene.stateDirectory, '1'.repeat(32) as RunId).close();
    expect(await scene.newDriver().recover()).toEqual([]);
    expect(readdirSync(scene.stateDirectory)).toEqual([]);
  });
});

describe('two helpers that take the same restore back', () => {
  /** A restore that changed twenty files, and what they were before. */
  async function restored(scene: RestoreScene) {
    const source = scene.make('docs');
    const write = (what: string): void => {
      for (let index = 0; index < 20; index += 1) writeFileSync(`${source}/f${index}`, `${what} ${index}`);
    };
    write('then');
    const snapshot = await scene.backup(source);
    write('now, longer');
    const before = observeTree(source);
    const { runId } = await scene.restore(snapshot, { mode: 'exact' });
    return { source, before, runId };
  }

  it('do not do it at once: the second is told, and changes nothing', async () => {
    using scene = await RestoreScene.open();
    const { source, before, runId } = await restored(scene);
    const other = scene.newDriver();
    let used = 0;
    const tried: Promise<unknown>[] = [];
    const tryToo = (): void => {
      const use = async (): Promise<void> => {
        used += 1;
      };
      tried.push(other.undo(runId, scene.context(), use).catch((error: unknown) => error));
    };
    const busy = RestoreScene.at(scene.folder, { repository: scene.repository, ops: whileRestoring(tryToo) });
    const { outcome } = await busy.undo(runId);
    expect(outcome).toMatchObject({ endedBy: null, replaced: 20, warnings: [] });
    expect(observeTree(source)).toEqual(before);
    const answers = await Promise.all(tried);
    expect(answers).toHaveLength(20);
    for (const answer of answers)
      expect(answer).toMatchObject({ kind: 'busy', message: 'This restore is being taken back already.' });
    expect(used).toBe(0);
    // It is through: whoever asks now is told that.
    const late = other.undo(runId, scene.context(), async () => {});
    await expect(late).rejects.toMatchObject({ kind: 'nothing-to-undo' });
  });

  it('may, one after the other, when the first did not come to its end', async () => {
    using scene = await RestoreScene.open();
    const { source, before, runId } = await restored(scene);
    const failed = scene.driver.undo(runId, scene.context(), async () => {
      throw new Error('The repository is gone.');
    });
    await expect(failed).rejects.toThrow('The repository is gone.');
    const other = RestoreScene.at(scene.folder, { repository: scene.repository });
    expect((await other.undo(runId)).outcome).toMatchObject({ endedBy: null, replaced: 20 });
    expect(observeTree(source)).toEqual(before);
  });

  it('does not tell strangers that somebody is doing it', async () => {
    using scene = await RestoreScene.open();
    const { runId } = await restored(scene);
    const stranger = scene.newDriver({ actor: { uid: 23456, gid: 23456, groups: [] } });
    await scene.driver.undo(runId, scene.context(), async () => {
      const asked = stranger.undo(runId, scene.context(), async () => {});
      await expect(asked).rejects.toMatchObject({ kind: 'nothing-to-undo' });
    });
  });
});
