import {
  chmodSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { SnapshotId } from '../../../shared/domain/ids.ts';
import type { Actor } from './plan/rights.ts';
import { RestoreScene } from './testing/restore-scene.ts';

// Places of one snapshot that have folders on the way to them in common.

async function together(scene: RestoreScene, places: readonly string[]): Promise<SnapshotId> {
  const trees = [];
  for (const place of places) trees.push((await scene.repository.snapshots.load(await scene.backup(place))).tree);
  return scene.mergeRoots(places, trees, { isOurs: true });
}

/** `srv/db`, `srv/log` and so on, each with files. */
function siblings(scene: RestoreScene, names: readonly string[], files = 1): readonly string[] {
  return names.map((name) => {
    const folder = scene.make('srv', name);
    for (let file = 0; file < files; file += 1) writeFileSync(`${folder}/a${file}`, 'a');
    return folder;
  });
}

const anybody: Actor = { uid: 65534, gid: 65534, groups: [] };

describe.each([
  ['root', undefined],
  ['somebody else', anybody],
])('in the name of %s', (_, actor) => {
  const open = () => RestoreScene.open(actor === undefined ? {} : { actor });

  it.each(['gone', 'file'] as const)(
    'places whose common folder is %s now are all put back, and it is undone',
    async (how) => {
      using scene = await open();
      const places = siblings(scene, ['db', 'log']);
      const snapshot = await together(scene, places);
      const srv = scene.path('srv');
      rmSync(srv, { recursive: true });
      if (how === 'file') writeFileSync(srv, 'mine');
      const { runId, outcome } = await scene.restore(snapshot);
      expect(outcome).toMatchObject({ notDone: 0, endedBy: null, warnings: [] });
      for (const place of places) expect(readFileSync(`${place}/a0`, 'utf8')).toBe('a');
      await scene.undo(runId);
      expect(how === 'file' ? readFileSync(srv, 'utf8') : readdirSync(scene.folder).includes('srv')).toBe(
        how === 'file' ? 'mine' : false,
      );
    },
  );

  it('a link that is in the way of both below another folder is replaced once, and not followed', async () => {
    using scene = await open();
    const places = siblings(scene, ['db', 'log']);
    const snapshot = await together(scene, places);
    const path = scene.make('there');
    const elsewhere = scene.make('elsewhere');
    mkdirSync(`${path}${scene.folder}`, { recursive: true });
    symlinkSync(elsewhere, `${path}${scene.path('srv')}`);
    const { outcome } = await scene.restore(snapshot, { target: { kind: 'folder', path } });
    expect(outcome).toMatchObject({ notDone: 0, replaced: 1 });
    expect(readdirSync(elsewhere)).toEqual([]);
    for (const place of places) expect(readFileSync(`${path}${place}/a0`, 'utf8')).toBe('a');
  });
});

it('a folder gets its mode and its times when all places in it are there', async () => {
  using scene = await RestoreScene.open();
  const places = siblings(scene, ['db', 'log', 'web'], 200);
  const srv = scene.path('srv');
  utimesSync(srv, 1e9, 1e9);
  chmodSync(srv, 0o555);
  const snapshot = await together(scene, places);
  chmodSync(srv, 0o755);
  rmSync(srv, { recursive: true });
  const { outcome } = await scene.restore(snapshot);
  expect(outcome).toMatchObject({ notDone: 0, warnings: [] });
  expect(statSync(srv)).toMatchObject({ mtimeMs: 1e12 });
  expect(statSync(srv).mode & 0o777).toBe(0o555);
  expect(places.map((place) => readdirSync(place).length)).toEqual([200, 200, 200]);
});

it('nothing below a folder that was unticked is put back', async () => {
  using scene = await RestoreScene.open();
  const snapshot = await together(scene, siblings(scene, ['db', 'log']));
  const srv = scene.path('srv');
  rmSync(srv, { recursive: true });
  writeFileSync(srv, 'mine');
  const { outcome } = await scene.run(await scene.prepare(snapshot), { unticked: [srv] });
  expect(outcome).toMatchObject({ notDone: 0, replaced: 0, added: 0 });
  expect(readFileSync(srv, 'utf8')).toBe('mine');
});

describe.each(['outer first', 'inner first'] as const)('a place inside another, %s', (order) => {
  async function nested(scene: RestoreScene) {
    const outer = scene.make('srv');
    const inner = scene.make('srv', 'x', 'y');
    writeFileSync(`${outer}/x/o`, 'o');
    writeFileSync(`${inner}/i`, 'i');
    const places = order === 'outer first' ? [outer, inner] : [inner, outer];
    return { outer, inner, snapshot: await together(scene, places) };
  }

  it.each(['keep', 'exact'] as const)(
    'is put back with what is around it where a file is in the way: %s',
    async (mode) => {
      using scene = await RestoreScene.open();
      const { outer, inner, snapshot } = await nested(scene);
      rmSync(`${outer}/x`, { recursive: true });
      writeFileSync(`${outer}/x`, 'a file now');
      const prepared = await scene.prepare(snapshot, { mode });
      const inTheWay = prepared.plan.warnings.find(({ code }) => code === 'type-change');
      expect(inTheWay?.paths).toHaveLength(1);
      const { runId, outcome } = await scene.run(prepared);
      expect(outcome).toMatchObject({ notDone: 0, replaced: 1 });
      expect([readFileSync(`${outer}/x/o`, 'utf8'), readFileSync(`${inner}/i`, 'utf8')]).toEqual(['o', 'i']);
      await scene.undo(runId);
      expect(readFileSync(`${outer}/x`, 'utf8')).toBe('a file now');
    },
  );

  it('is put back with what is around it where both are gone', async () => {
    using scene = await RestoreScene.open();
    const { outer, inner, snapshot } = await nested(scene);
    rmSync(outer, { recursive: true });
    const { outcome } = await scene.restore(snapshot);
    expect(outcome).toMatchObject({ notDone: 0, warnings: [] });
    expect([readFileSync(`${outer}/x/o`, 'utf8'), readFileSync(`${inner}/i`, 'utf8')]).toEqual(['o', 'i']);
  });
});
