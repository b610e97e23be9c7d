import {
  chmodSync,
  chownSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { describe, expect, it } from 'vitest';
import { processAbilities } from '../system/capabilities.ts';
import { identityFileOps } from '../system/file-ops.ts';
import { setXattr } from '../system/xattr.ts';
import { RestoreScene } from './testing/restore-scene.ts';

const somebody = { uid: 23456, gid: 23456, groups: [23457] };
const missing = processAbilities().canActForOthers ? undefined : 'needs root, to act as somebody else';

/** A scene whose restores have no more rights than an ordinary user. */
async function openAsSomebody(): Promise<RestoreScene> {
  const scene = await RestoreScene.open({ actor: somebody, ops: identityFileOps(somebody) });
  chmodSync(scene.folder, 0o755);
  return scene;
}

describe.skipIf(missing !== undefined)(
  `a restore without rights over the machine${missing ? ` (${missing})` : ''}`,
  () => {
    it('puts back what it may, and says once per kind what it could not set', async () => {
      using scene = await openAsSomebody();
      const source = scene.make('docs');
      for (const name of ['a', 'b']) writeFileSync(`${source}/${name}`, name);
      writeFileSync(`${source}/su`, 'su');
      chmodSync(`${source}/su`, 0o4755);
      writeFileSync(`${source}/mine`, 'mine');
      chownSync(`${source}/mine`, somebody.uid, 23457);
      chmodSync(`${source}/mine`, 0o000);
      setXattr(`${source}/a`, 'trusted.t', Buffer.from('t'));
      setXattr(`${source}/a`, 'user.u', Buffer.from('u'));
      mkdirSync(`${source}/closed`);
      writeFileSync(`${source}/closed/in`, 'in');
      mkdirSync(`${source}/closed/inner`);
      writeFileSync(`${source}/closed/inner/in`, 'in');
      chmodSync(`${source}/closed/inner`, 0o500);
      chmodSync(`${source}/closed`, 0o000);
      symlinkSync('a', `${source}/link`);
      const snapshot = await scene.backup(source);

      const target = scene.make('target');
      chownSync(target, somebody.uid, somebody.gid);
      const { outcome } = await scene.restore(snapshot, { target: { kind: 'folder', path: target } });
      expect(outcome).toMatchObject({ added: 9, notDone: 0, endedBy: null });
      expect(outcome.warnings.map(({ text }) => text)).toEqual(
        [
          expect.stringMatching(/^The owner of 8 entries could not be set/),
          expect.stringMatching(/^Extended attributes .* of 1 entry/),
          expect.stringMatching(/^The set-user-id .* of 1 entry/),
        ].sort(),
      );
      expect(statSync(`${target}/su`).mode & 0o7777).toBe(0o755);
      expect(lstatSync(`${target}/mine`)).toMatchObject({ uid: somebody.uid, gid: 23457 });
      expect(lstatSync(`${target}/mine`).mode & 0o777).toBe(0);
      expect(lstatSync(`${target}/a`).uid).toBe(somebody.uid);
      expect(readFileSync(`${target}/closed/inner/in`, 'utf8')).toBe('in');
      expect(lstatSync(`${target}/closed/inner`).mode & 0o777).toBe(0o500);
      expect(lstatSync(`${target}/closed`).mode & 0o777).toBe(0);
      // Again: nothing that it cannot change anyway counts as different.
      expect((await scene.prepare(snapshot, { target: { kind: 'folder', path: target } })).plan.counts.replace).toBe(0);
    });

    it('does not learn where a link leads that it may not read, when one of our own places is named through it', async () => {
      using scene = await openAsSomebody();
      const source = scene.make('docs');
      writeFileSync(`${source}/a`, 'a');
      const snapshot = await scene.backup(source);
      const target = scene.make('target');
      const closed = scene.make('closed');
      chmodSync(closed, 0o700);
      symlinkSync(target, `${closed}/link`);
      symlinkSync(target, scene.path('open-link'));
      const toTarget = { target: { kind: 'folder', path: target } } as const;
      scene.ownPaths.push(`${closed}/link`);
      expect((await scene.prepare(snapshot, toTarget)).plan.targetPath).toBe(target);
      const asRoot = scene.newDriver().prepare(scene.request(snapshot, toTarget), scene.context());
      await expect(asRoot).rejects.toMatchObject({ kind: 'bad-input' });
      scene.ownPaths.push(scene.path('open-link'));
      await expect(scene.prepare(snapshot, toTarget)).rejects.toMatchObject({ kind: 'bad-input' });
    });

    it('is refused by a folder of somebody else, entry by entry, and is told so before', async () => {
      using scene = await openAsSomebody();
      const source = scene.make('docs');
      mkdirSync(`${source}/open`);
      mkdirSync(`${source}/shut`);
      for (const name of ['open/a', 'shut/b']) writeFileSync(`${source}/${name}`, name);
      const snapshot = await scene.backup(source);
      const target = scene.make('target');
      for (const [name, uid] of [
        ['open', somebody.uid],
        ['shut', 0],
      ] as const) {
        mkdirSync(`${target}/${name}`);
        chownSync(`${target}/${name}`, uid, uid);
      }
      chownSync(target, somebody.uid, somebody.gid);
      const prepared = await scene.prepare(snapshot, { target: { kind: 'folder', path: target } });
      expect(prepared.plan.warnings).toContainEqual(
        expect.objectContaining({ code: 'no-rights', asks: true, paths: [`${target}/shut`] }),
      );
      const { outcome } = await scene.run(prepared);
      expect(outcome).toMatchObject({ added: 1, notDone: 1, endedBy: null });
      expect(outcome.warnings).toContainEqual({ path: `${source}/shut/b`, text: 'No permission to write here.' });
      expect(readdirSync(`${target}/shut`)).toEqual([]);
    });

    it('keeps safe and replaces what lies below folders that it may pass and not list', async () => {
      using scene = await openAsSomebody();
      const source = scene.make('passage', 'docs');
      writeFileSync(`${source}/a`, 'a');
      for (const path of [source, `${source}/a`]) chownSync(path, somebody.uid, somebody.gid);
      const snapshot = await scene.backup(source);
      chmodSync(scene.path('passage'), 0o711);
      writeFileSync(`${source}/a`, 'changed');
      const { outcome, runId } = await scene.restore(snapshot);
      expect(outcome).toMatchObject({ replaced: 1, warnings: [], endedBy: null });
      expect(readFileSync(`${source}/a`, 'utf8')).toBe('a');
      expect((await scene.undo(runId)).outcome).toMatchObject({ replaced: 1, warnings: [] });
      expect(readFileSync(`${source}/a`, 'utf8')).toBe('changed');
    });

    it('cannot reach what its caller cannot reach', async () => {
      using scene = await openAsSomebody();
      const source = scene.make('docs');
      writeFileSync(`${source}/a`, 'a');
      const snapshot = await scene.backup(source);
      const closed = scene.make('closed', 'inner');
      chmodSync(scene.path('closed'), 0o700);
      const preparing = scene.prepare(snapshot, { target: { kind: 'folder', path: closed } });
      await expect(preparing).rejects.toMatchObject({ kind: 'not-permitted' });
      expect(readdirSync(closed)).toEqual([]);
    });
  },
);
