import { mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import type { SnapshotId } from '../../../shared/domain/ids.ts';
import { RestoreScene } from './testing/restore-scene.ts';

/** One snapshot of two folders far from each other and of a file. */
async function group(scene: RestoreScene) {
  const db = scene.make('srv', 'db');
  const log = scene.make('var', 'log');
  const file = scene.path('etc.conf');
  for (const folder of [db, log]) writeFileSync(`${folder}/a`, 'a');
  writeFileSync(file, 'a');
  const places = [db, log, file];
  const trees = [];
  for (const place of places) trees.push((await scene.repository.snapshots.load(await scene.backup(place))).tree);
  return { snapshot: await scene.mergeRoots(places, trees, { isOurs: true }), db, log, file, places };
}

async function pathsOf(scene: RestoreScene, id: SnapshotId | null | undefined): Promise<readonly string[]> {
  if (!id) throw new Error('no safety snapshot');
  return (await scene.repository.snapshots.load(id)).paths;
}

it('a plan names each place, not what they have in common', async () => {
  using scene = await RestoreScene.open();
  const { snapshot, db, log, file, places } = await group(scene);
  expect((await scene.prepare(snapshot)).plan.targets).toEqual(places);
  expect((await scene.prepare(snapshot, { selection: [`${log}/a`] })).plan.targets).toEqual([log]);
  const path = scene.make('there');
  expect((await scene.prepare(snapshot, { target: { kind: 'folder', path } })).plan.targets).toEqual([
    `${path}${db}`,
    `${path}${log}`,
    `${path}${file}`,
  ]);
  // What is gone is made anew, and is named too.
  rmSync(scene.path('srv'), { recursive: true });
  expect((await scene.prepare(snapshot)).plan.targets).toEqual(places);
});

it('a safety snapshot, and the one of its undo, is of the places it holds something of', async () => {
  using scene = await RestoreScene.open();
  const { snapshot, db, log, file, places } = await group(scene);
  const change = (...paths: readonly string[]): void => {
    for (const path of paths) writeFileSync(path, 'changed since');
  };
  change(`${db}/a`, `${log}/a`, file);
  const { runId } = await scene.restore(snapshot);
  const safety = async (id: string) =>
    pathsOf(scene, scene.driver.undoable().find((each) => each.runId === id)?.safetySnapshotId);
  expect((await safety(runId)).toSorted()).toEqual(places.toSorted());
  const undone = await scene.undo(runId);
  expect((await safety(undone.runId)).toSorted()).toEqual(places.toSorted());
  // Only one of them has something to lose.
  rmSync(`${log}/a`);
  rmSync(file);
  const second = await scene.restore(snapshot);
  expect(await safety(second.runId)).toEqual([db]);
});

it('a safety snapshot of one place is put back there, and nowhere else', async () => {
  using scene = await RestoreScene.open();
  const { snapshot, db, log } = await group(scene);
  writeFileSync(`${db}/a`, 'changed since');
  const { runId } = await scene.restore(snapshot);
  const [found] = scene.driver.undoable().filter((each) => each.runId === runId);
  if (!found?.safetySnapshotId) throw new Error('no safety snapshot');
  await scene.restore(found.safetySnapshotId);
  expect(readFileSync(`${db}/a`, 'utf8')).toBe('changed since');
  expect(readdirSync(log)).toEqual(['a']);
});

it('what was kept safe over a link is found at its real place', async () => {
  using scene = await RestoreScene.open();
  const source = scene.make('docs');
  writeFileSync(`${source}/a`, 'a');
  const snapshot = await scene.backup(source);
  rmSync(source, { recursive: true });
  const real = scene.make('real');
  writeFileSync(`${real}/a`, 'of the real one');
  symlinkSync(real, source);
  const { runId } = await scene.restore(snapshot);
  expect(readFileSync(`${real}/a`, 'utf8')).toBe('a');
  expect(await pathsOf(scene, scene.driver.undoable()[0]?.safetySnapshotId)).toEqual([real]);
  await scene.undo(runId);
  expect(readFileSync(`${real}/a`, 'utf8')).toBe('of the real one');
});

it('a place of our own snapshot that its tree does not have is not taken for all of it', async () => {
  using scene = await RestoreScene.open();
  const { db } = await group(scene);
  const { tree } = await scene.repository.snapshots.load(await scene.backup(db));
  const gone = scene.path('gone');
  const snapshot = await scene.mergeRoots([db, gone], [tree], { isOurs: true });
  mkdirSync(gone);
  await scene.restore(snapshot);
  expect(readdirSync(gone)).toEqual([]);
});

it.each(['keep', 'exact'] as const)(
  'several places put below another folder stay inside it, whatever links it holds: %s',
  async (mode) => {
    using scene = await RestoreScene.open();
    const { snapshot, db, log } = await group(scene);
    const path = scene.make('there');
    const elsewhere = scene.make('elsewhere');
    mkdirSync(`${elsewhere}/db`);
    writeFileSync(`${elsewhere}/db/a`, 'somebody’s');
    writeFileSync(`${elsewhere}/db/b`, 'somebody’s');
    // On the way to a place, and in place of one.
    mkdirSync(`${path}${scene.path('')}`, { recursive: true });
    symlinkSync(elsewhere, `${path}${scene.path('srv')}`);
    mkdirSync(`${path}${scene.path('var')}`);
    symlinkSync(`${elsewhere}/db`, `${path}${log}`);
    const target = { kind: 'folder', path } as const;
    const { plan } = await scene.prepare(snapshot, { target, mode });
    expect(plan.warnings).toContainEqual(expect.objectContaining({ code: 'type-change', asks: true }));
    await scene.restore(snapshot, { target, mode });
    expect(readFileSync(`${elsewhere}/db/a`, 'utf8')).toBe('somebody’s');
    expect(readdirSync(`${elsewhere}/db`)).toEqual(['a', 'b']);
    for (const place of [db, log]) expect(readFileSync(`${path}${place}/a`, 'utf8')).toBe('a');
  },
);
