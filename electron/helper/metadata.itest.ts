import { execFileSync } from 'node:child_process';
import { chmodSync, chownSync, linkSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { initRepository, LocalBackend, openRepository } from './repository/index.ts';
import { testOptions, testPassword } from './repository/testing/memory-repository.ts';
import { ResticPlace, resticBinaries } from './repository/testing/restic-program.ts';
import { makeNastyTree } from './restore/testing/nasty-tree.ts';
import { observeTree } from './restore/testing/observe-tree.ts';
import { RestoreScene } from './restore/testing/restore-scene.ts';
import { processAbilities } from './system/capabilities.ts';
import { findProgram } from './system/exec.ts';
import { setTimes } from './system/special-files.ts';
import { setXattr } from './system/xattr.ts';

const missing =
  processAbilities().uid !== 0
    ? 'needs root'
    : ['setfacl', 'chattr'].map((name) => (findProgram(name) === undefined ? `needs ${name}` : '')).find(Boolean);

/** What is hard beside the nasty tree: limits of names and paths, times at the edges, flags, and rights in layers. */
function makeOddTree(root: string): void {
  makeNastyTree(root);
  const at = (name: string): string => `${root}/odd/${name}`;
  mkdirSync(at(''), { recursive: true });
  symlinkSync(`${'x'.repeat(254)}/`.repeat(15) + 'y'.repeat(200), at('link as long as can be'));
  writeFileSync(at('ü'.repeat(127)), '254 bytes, 127 characters');
  writeFileSync(
    Buffer.concat([Buffer.from(at('')), Buffer.from('\u{1f600}'.repeat(63)), Buffer.from([0xf0, 0x9f, 0x98])]),
    'cut off',
  );
  for (const [name, ns] of [
    ['a second before 1970', -1_000_000_000n],
    ['a nanosecond before 1970', -1n],
    ['1902', -2_145_916_800_000_000_001n],
    ['2038', 2_147_483_648_000_000_007n],
    ['2400', 13_569_465_600_999_999_999n],
  ] as const) {
    writeFileSync(at(name), name);
    setTimes(Buffer.from(at(name)), ns, ns);
  }
  writeFileSync(at('many attributes'), 'x');
  for (let n = 0; n < 40; n += 1) setXattr(Buffer.from(at('many attributes')), `user.number-${n}`, Buffer.alloc(n, n));
  setXattr(Buffer.from(at('many attributes')), 'user.large', Buffer.alloc(1_500, 0xff));
  setXattr(Buffer.from(at('many attributes')), 'user.ünïcödé "x"', Buffer.from('v'));
  mkdirSync(at('a folder of all bits'));
  chownSync(at('a folder of all bits'), 4242, 4343);
  chmodSync(at('a folder of all bits'), 0o7751);
  execFileSync('setfacl', ['-m', 'u:1:rwx,g:2:-w-,m::r-x', '-d', '-m', 'o::---', at('a folder of all bits')]);
  writeFileSync(at('sixteen names'), 'one inode');
  for (let n = 0; n < 15; n += 1) {
    mkdirSync(at(`folder-${n}`));
    linkSync(at('sixteen names'), at(`folder-${n}/name-${n}`));
  }
  let deep = at('deep');
  for (; deep.length < 3_500; deep += `/${'d'.repeat(200)}`) mkdirSync(deep);
  writeFileSync(`${deep.slice(0, deep.lastIndexOf('/'))}/bottom`, 'bottom');
  writeFileSync(at('not to be dumped'), 'but it is');
  writeFileSync(at('cannot be changed'), 'by nobody');
  execFileSync('chattr', ['+d', at('not to be dumped')]);
}

for (const { title, path, minor } of resticBinaries()) {
  const why = missing ?? (path === undefined ? title : undefined);
  describe.skipIf(why !== undefined)(`all that Linux has, beside ${title}${why ? ` (${why})` : ''}`, () => {
    let place: ResticPlace;
    let scene: RestoreScene;
    let source: string;

    beforeEach(async () => {
      place = new ResticPlace(path ?? '', testPassword);
      const repository = await initRepository(new LocalBackend(place.root), testOptions);
      scene = await RestoreScene.open({ repository });
      source = scene.path('source');
      makeOddTree(source);
    });
    afterEach(() => {
      execFileSync('chattr', ['-i', `${source}/odd/cannot be changed`]);
      scene[Symbol.dispose]();
      place.dispose();
    });

    /**
     * What this restic does not bring back: sockets, links that are links of each other, times after 2262; before 0.16 links
     * that are not UTF-8.
     */
    const notOfRestic = ['socket', 'links/link-2', 'odd/2400', ...(minor >= 16 ? [] : ['odd link'])];

    it('is stored here and put back by restic as it was', async () => {
      for (const name of notOfRestic) rmSync(`${source}/${name}`);
      execFileSync('chattr', ['+i', `${source}/odd/cannot be changed`]);
      const snapshot = await scene.backup(source);
      expect(await place.restic('check', '--read-data')).toContain('no errors were found');
      const target = scene.make('by-restic');
      await place.restic('restore', snapshot, '--target', target);
      expect(observeTree(`${target}${source}`, { top: true })).toEqual(observeTree(source, { top: true }));
    });

    it('is stored by restic and put back here as it was', async () => {
      for (const name of notOfRestic) rmSync(`${source}/${name}`);
      await place.restic('backup', source);
      const before = observeTree(source, { top: true });
      const repository = await openRepository(new LocalBackend(place.root), testOptions);
      const [snapshot] = (await repository.snapshots.list()).snapshots;
      rmSync(source, { recursive: true });
      mkdirSync(`${source}/odd`, { recursive: true });
      const again = RestoreScene.at(scene.folder, { repository });
      const { outcome } = await again.restore(snapshot?.id ?? never(), { mode: 'exact' });
      expect(outcome).toMatchObject({ warnings: [], notDone: 0, endedBy: null });
      expect(observeTree(source, { top: true })).toEqual(before);
    });

    it('is stored and put back here as it was', async () => {
      const before = observeTree(source, { top: true });
      const snapshot = await scene.backup(source);
      rmSync(source, { recursive: true });
      mkdirSync(`${source}/odd`, { recursive: true });
      const { outcome } = await scene.restore(snapshot, { mode: 'exact' });
      expect(outcome).toMatchObject({ warnings: [], notDone: 0, endedBy: null });
      expect(observeTree(source, { top: true })).toEqual(before);
    });

    it('has the same metadata here and there, field by field', async () => {
      for (const name of notOfRestic) rmSync(`${source}/${name}`);
      const ours = await scene.backup(source);
      await place.restic('backup', source);
      const repository = await openRepository(new LocalBackend(place.root), testOptions);
      const { snapshots } = await repository.snapshots.list();
      const described = async (id: string): Promise<Record<string, string>> => {
        const found: Record<string, string> = {};
        const tree = snapshots.find((snapshot) => snapshot.id === id)?.tree ?? never();
        for await (const { path: at, node } of repository.walk(tree)) {
          if (!at.startsWith(source)) continue;
          const { content, subtree, name, ...metadata } = node;
          const extendedAttributes = [...(metadata.extendedAttributes ?? [])].sort((a, b) =>
            a.name < b.name ? -1 : 1,
          );
          // Restic stores attributes as the filesystem lists them, here they are sorted.
          found[at] = JSON.stringify({ ...metadata, extendedAttributes }, (_key, value) =>
            typeof value === 'bigint' ? String(value) : value,
          );
        }
        return found;
      };
      const theirs = snapshots.find(({ id }) => id !== ours)?.id ?? never();
      const [here, there] = [await described(ours), await described(theirs)];
      expect(Object.keys(here).length).toBeGreaterThan(100);
      expect(here).toEqual(there);
    });
  });
}

function never(): never {
  throw new Error('there is no such snapshot');
}
