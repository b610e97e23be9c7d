import { readdirSync, rmSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { SeededRandom } from '../repository/testing/seeded-random.ts';
import { processAbilities } from '../system/capabilities.ts';
import { observeTree } from './testing/observe-tree.ts';
import { makeRandomTree } from './testing/random-tree.ts';
import { RestoreScene } from './testing/restore-scene.ts';

const missing = processAbilities().uid === 0 ? undefined : 'needs root';
const seed = Number(process.env.STILLPOINT_SEED ?? 1);
const rounds = Number(process.env.STILLPOINT_ROUNDS ?? 12);

describe.skipIf(missing !== undefined)(`random trees from seed ${seed}${missing ? ` (${missing})` : ''}`, () => {
  it('come back as they were, into an empty folder', async () => {
    using scene = await RestoreScene.open();
    for (let round = 0; round < rounds; round += 1) {
      const source = scene.make(`source-${round}`);
      makeRandomTree(source, new SeededRandom(seed * 1000 + round));
      const path = scene.path(`target-${round}`);
      const { outcome } = await scene.restore(await scene.backup(source), { target: { kind: 'folder', path } });
      expect(outcome, `round ${round}`).toMatchObject({ warnings: [], notDone: 0, endedBy: null });
      expect(observeTree(path, { top: true }), `round ${round}`).toEqual(observeTree(source, { top: true }));
    }
  });

  it('become each other exactly, and undo brings the first back', async () => {
    using scene = await RestoreScene.open();
    for (let round = 0; round < rounds; round += 1) {
      const place = scene.make('place');
      makeRandomTree(place, new SeededRandom(seed * 1000 + round));
      const then = observeTree(place, { top: true });
      const snapshot = await scene.backup(place);
      for (const name of readdirSync(place, { encoding: 'buffer' })) {
        rmSync(Buffer.concat([Buffer.from(`${place}/`), name]), { recursive: true });
      }
      makeRandomTree(place, new SeededRandom(seed * 1000 + round + 500));
      const now = observeTree(place, { directoryTimes: false });
      const { outcome, runId } = await scene.restore(snapshot, { mode: 'exact' });
      expect(outcome, `round ${round}`).toMatchObject({ warnings: [], notDone: 0, endedBy: null });
      expect(observeTree(place, { top: true }), `round ${round}`).toEqual(then);
      const undo = await scene.undo(runId);
      expect(undo.outcome, `undo of round ${round}`).toMatchObject({ warnings: [], notDone: 0, endedBy: null });
      expect(observeTree(place, { directoryTimes: false }), `undo of round ${round}`).toEqual(now);
      rmSync(place, { recursive: true });
    }
  });
});
