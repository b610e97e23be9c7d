import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { initRepository, LocalBackend, openRepository } from '../repository/index.ts';
import { testOptions, testPassword } from '../repository/testing/memory-repository.ts';
import { ResticPlace, resticBinaries } from '../repository/testing/restic-program.ts';
import { processAbilities } from '../system/capabilities.ts';
import { findProgram } from '../system/exec.ts';
import { makeNastyTree } from './testing/nasty-tree.ts';
import { observeTree } from './testing/observe-tree.ts';
import { RestoreScene } from './testing/restore-scene.ts';

const [stock] = resticBinaries();
const missing =
  processAbilities().uid !== 0
    ? 'needs root'
    : findProgram('setfacl') === undefined
      ? 'needs setfacl'
      : stock?.path === undefined
        ? 'needs restic'
        : undefined;

describe.skipIf(missing !== undefined)(`beside ${stock?.title}${missing ? ` (${missing})` : ''}`, () => {
  let place: ResticPlace;
  beforeEach(() => {
    place = new ResticPlace(stock?.path ?? '', testPassword);
  });
  afterEach(() => place.dispose());

  it('what capture stored is restored by restic as it was', async () => {
    const repository = await initRepository(new LocalBackend(place.root), testOptions);
    using scene = await RestoreScene.open({ repository });
    const source = scene.path('source');
    makeNastyTree(source);
    // What this version of restic cannot bring back: sockets, links that are not UTF-8, links between links.
    for (const name of ['socket', 'odd link', 'links/link-2']) rmSync(`${source}/${name}`);
    const snapshot = await scene.backup(source);
    const check = await place.restic('check', '--read-data');
    expect(check).toContain('no errors were found');
    const target = scene.make('by-restic');
    await place.restic('restore', snapshot, '--target', target);
    expect(observeTree(`${target}${source}`, { top: true })).toEqual(observeTree(source, { top: true }));
  });

  it('what restic stored is put back as it was, also where it was given a relative path', async () => {
    await initRepository(new LocalBackend(place.root), testOptions);
    using outer = await RestoreScene.open();
    const source = outer.make('home', 'ann', 'docs');
    makeNastyTree(source);
    mkdirSync(`${source}/more`);
    writeFileSync(`${source}/more/file`, 'file');
    rmSync(`${source}/odd link`);
    rmSync(`${source}/socket`);
    const before = observeTree(source, { top: true });
    const runIn = (cwd: string, ...parameters: string[]): void => {
      const env = { ...process.env, RESTIC_REPOSITORY: place.root, RESTIC_PASSWORD: testPassword };
      execFileSync(stock?.path ?? '', ['--no-cache', ...parameters], { cwd, env, stdio: 'ignore' });
    };
    runIn('/', 'backup', source);
    runIn(outer.path('home'), 'backup', 'ann/docs');
    runIn(source, 'backup', '.');
    const repository = await openRepository(new LocalBackend(place.root), testOptions);
    const { snapshots } = await repository.snapshots.list();
    expect(snapshots).toHaveLength(3);
    for (const { id } of snapshots) {
      const scene = RestoreScene.at(outer.folder, { repository });
      rmSync(source, { recursive: true });
      const { outcome } = await scene.restore(id, { mode: 'exact' });
      expect(outcome).toMatchObject({ warnings: [], notDone: 0, endedBy: null, deleted: 0 });
      // Where the tree begins at the folder itself, restic keeps nothing about the folder.
      expect({ ...observeTree(source, { top: true }), '.': '' }).toEqual({ ...before, '.': '' });
    }
  });
});
