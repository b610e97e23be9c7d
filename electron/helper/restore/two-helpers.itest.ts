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
