import { execFileSync } from 'node:child_process';
import { chmodSync, chownSync, existsSync, lstatSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { observeTree } from '../restore/testing/observe-tree.ts';
import { RestoreScene } from '../restore/testing/restore-scene.ts';
import { processAbilities } from '../system/capabilities.ts';
import { findProgram } from '../system/exec.ts';
import { type FileOps, identityFileOps, plainFileOps } from '../system/file-ops.ts';
import { restoreThreads } from './restore-threads.ts';

const somebody = { uid: 23456, gid: 23456, groups: [] };
const noRoot = processAbilities().canActForOthers ? '' : ' (needs root)';
const noAcl = processAbilities().uid !== 0 ? ' (needs root)' : findProgram('setfacl') ? '' : ' (needs setfacl)';

/** Folders in folders, some of them with rights that forbid their owner to write in them or to enter them. */
function makeForbidding(source: string): void {
  for (const [name, mode] of [
    ['shut', 0o000],
    ['unwritable', 0o555],
    ['unlisted', 0o300],
  ] as const) {
    mkdirSync(`${source}/d/${name}/below`, { recursive: true });
    for (let index = 0; index < 20; index += 1)
      writeFileSync(`${source}/d/${name}/below/f${index}`, `${name} ${index}`, { mode: index % 2 ? 0o000 : 0o4711 });
    for (let index = 0; index < 20; index += 1) {
      const path = `${source}/d/${name}/below/f${index}`;
      chownSync(path, somebody.uid, somebody.gid);
      chmodSync(path, index % 2 ? 0o000 : 0o4711);
    }
    for (const path of [`${source}/d/${name}/below`, `${source}/d/${name}`]) {
      chownSync(path, somebody.uid, somebody.gid);
      chmodSync(path, mode);
    }
  }
  chownSync(`${source}/d`, somebody.uid, somebody.gid);
  chmodSync(`${source}/d`, 0o555);
}

describe('folders that are made whole', () => {
  it.skipIf(noRoot !== '')(`forbid their owner, who restores them and takes them back${noRoot}`, async () => {
    const startHands = restoreThreads({ identity: somebody, threads: 2 });
    using scene = await RestoreScene.open({ actor: somebody, ops: identityFileOps(somebody), startHands });
    chmodSync(scene.folder, 0o755);
    const source = scene.make('source');
    makeForbidding(source);
    const snapshot = await scene.backup(source);
    const path = scene.make('target');
    chownSync(path, somebody.uid, somebody.gid);
    const { outcome, runId } = await scene.restore(snapshot, { target: { kind: 'folder', path } });
    expect(outcome).toMatchObject({ warnings: [], notDone: 0, endedBy: null });
    expect(observeTree(path)).toEqual(observeTree(source));
    // What its owner may not read cannot be read back in his name, and is not called verified.
    expect(outcome.verified).toBeLessThan(60);
    // One that he may not look into stays, and does not keep the others from being taken back.
    for (const folder of [path, `${path}/d`]) chmodSync(folder, 0o755);
    chmodSync(`${path}/d/unwritable`, 0o755);
    chmodSync(`${path}/d/unwritable/below`, 0o755);
    const texts = await scene.driver.undo(runId, scene.context(), async (prepared) => {
      // What he may not read cannot be kept safe either.
      expect((await scene.run(prepared, { refuseSafety: true })).outcome.endedBy).toBeNull();
      return prepared.plan.warnings;
    });
    const shut = [`${path}/d/shut`, `${path}/d/unlisted`];
    expect(texts).toContainEqual(expect.objectContaining({ code: 'no-rights', asks: false, paths: shut }));
    expect(readdirSync(`${path}/d`).sort()).toEqual(['shut', 'unlisted']);
  });

  it.skipIf(noAcl !== '')(`take nothing from the folder they are put in: a group, an access list${noAcl}`, async () => {
    using scene = await RestoreScene.open({ startHands: restoreThreads({ identity: null, threads: 2 }) });
    const source = scene.make('source');
    for (const folder of ['d', 'd/e']) {
      mkdirSync(`${source}/${folder}`);
      for (let index = 0; index < 20; index += 1) writeFileSync(`${source}/${folder}/f${index}`, `${index}`);
    }
    chmodSync(`${source}/d/f1`, 0o6755);
    const snapshot = await scene.backup(source);
    const path = scene.make('target');
    chownSync(path, 0, somebody.gid);
    chmodSync(path, 0o2775);
    execFileSync('setfacl', ['-d', '-m', `u:${somebody.uid}:rwx,g::rwx`, path]);
    const { outcome } = await scene.restore(snapshot, { target: { kind: 'folder', path } });
    expect(outcome).toMatchObject({ warnings: [], notDone: 0, endedBy: null, verified: 40 });
    expect(observeTree(`${path}/d`, { top: true })).toEqual(observeTree(`${source}/d`, { top: true }));
    expect(lstatSync(`${path}/d/f1`).mode & 0o7777).toBe(0o6755);
    for (const name of ['d', 'd/e', 'd/f0'])
      expect(execFileSync('getfacl', ['-c', '-p', `${path}/${name}`], { encoding: 'utf8' })).not.toContain(':23456:');
  });

  it.skipIf(noRoot !== '')(`are for nobody else until they have their name${noRoot}`, async () => {
    const seen: string[] = [];
    let path = '';
    const ops: FileOps = {
      ...plainFileOps,
      // What gets its name does so within this.
      run: (work) => {
        for (const name of existsSync(path) ? readdirSync(path) : []) {
          if (!name.startsWith('.stillpoint-restore-')) continue;
          const { mode, uid } = lstatSync(`${path}/${name}`);
          seen.push(`${uid} ${(mode & 0o7777).toString(8)}`);
        }
        return work();
      },
    };
    using scene = await RestoreScene.open({ ops, startHands: restoreThreads({ identity: null, threads: 2 }) });
    const source = scene.make('source');
    for (const name of ['one', 'two']) {
      mkdirSync(`${source}/${name}`);
      for (let index = 0; index < 20; index += 1) writeFileSync(`${source}/${name}/f${index}`, `${index}`);
      chownSync(`${source}/${name}`, somebody.uid, somebody.gid);
      chmodSync(`${source}/${name}`, 0o2777);
    }
    const snapshot = await scene.backup(source);
    path = scene.make('target');
    const { outcome } = await scene.restore(snapshot, { target: { kind: 'folder', path } });
    expect(outcome).toMatchObject({ warnings: [], notDone: 0, endedBy: null });
    expect(new Set(seen)).toEqual(new Set(['0 700']));
    expect(observeTree(path)).toEqual(observeTree(source));
  });
});
