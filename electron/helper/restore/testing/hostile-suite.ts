import { lstatSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { BlobId } from '../../../../shared/domain/ids.ts';
import type { BlobStore } from '../../capture/index.ts';
import { metaOf } from '../../capture/testing/literal-view.ts';
import { encodeNode } from '../../repository/format/node.ts';
import { decodeTree } from '../../repository/format/tree.ts';
import { goModeOfStat, type TreeNode } from '../../repository/index.ts';
import type { StartHands } from '../hands/contract.ts';
import { type SnapshotSource, snapshotSourceOf } from '../snapshot-source.ts';
import { observeTree } from './observe-tree.ts';
import { RestoreScene } from './restore-scene.ts';

function node(name: string, changes: Partial<TreeNode>): TreeNode {
  const { mtimeNs, ctimeNs } = metaOf('file');
  return {
    name: Buffer.from(name, 'latin1'),
    type: 'file',
    mode: goModeOfStat(changes.type === 'dir' ? 0o040755 : 0o100644),
    ...{ mtimeNs, ctimeNs, atimeNs: mtimeNs, uid: 0, gid: 0, inode: 0n, deviceId: 0n, size: 0n, links: 1n, device: 0n },
    ...changes,
  };
}

async function fileNode(
  store: BlobStore,
  name: string,
  text: string,
  changes: Partial<TreeNode> = {},
): Promise<TreeNode> {
  const { id } = await store.saveData(Buffer.from(text));
  return node(name, { content: [id], size: BigInt(text.length), ...changes });
}

async function dirNode(store: BlobStore, name: string, children: readonly TreeNode[]): Promise<TreeNode> {
  return node(name, { type: 'dir', links: 0n, subtree: (await store.saveTree(children)).id });
}

/** The repository of a scene, except that the folder `evil` reads as this JSON. */
function poisoned(scene: RestoreScene, evil: string): SnapshotSource {
  const source = snapshotSourceOf(scene.repository);
  const evilId = 'e'.repeat(64) as BlobId;
  return {
    ...source,
    loadTree: async (id) => {
      if (id === evilId) return decodeTree(Buffer.from(evil)).nodes;
      const nodes = await source.loadTree(id);
      return nodes.map((each) => (each.name.toString() === 'evil' ? { ...each, subtree: evilId } : each));
    },
  };
}

async function restoreEvil(scene: RestoreScene, evil: string, startHands: StartHands | undefined) {
  const target = scene.make('target');
  const snapshot = await scene.publishTree(['/src'], async (store) => [
    await dirNode(store, 'src', [await fileNode(store, 'good', 'good'), await dirNode(store, 'evil', [])]),
  ]);
  const driver = scene.newDriver({ source: poisoned(scene, evil), startHands });
  const request = scene.request(snapshot, { target: { kind: 'folder', path: target } });
  const prepared = await driver.prepare(request, scene.context());
  return { target, prepared, ...(await scene.run(prepared)) };
}

/** What threads find nowhere is asked for blob by blob. */
function lostToThreads({ packs }: SnapshotSource, isLost: (id: BlobId) => boolean): Pick<SnapshotSource, 'packs'> {
  if (!packs) return {};
  return { packs: { ...packs, locate: (id) => (isLost(id) ? undefined : packs.locate(id)) } };
}

/** Without threads, or with those. */
export function hostileSuite(startHands: StartHands | undefined): void {
  describe('a tree that is made to do harm', () => {
    const empty = node('x', { content: [] });

    it.each(['..', '.', 'a/b', '/etc', 'a\0b'])(
      'names an entry %j: the folder is told and left empty, the rest comes back',
      async (name) => {
        using scene = await RestoreScene.open({ startHands });
        const evil = `{"nodes":[${encodeNode({ ...empty, name: Buffer.from(name) })}]}\n`;
        const { target, prepared } = await restoreEvil(scene, evil, startHands);
        expect(prepared.plan.warnings).toContainEqual(expect.objectContaining({ paths: ['/src/evil'], asks: true }));
        expect(readFileSync(`${target}/good`, 'utf8')).toBe('good');
        expect(readdirSync(`${target}/evil`)).toEqual([]);
        expect(readdirSync(scene.folder).sort()).toEqual(['state', 'target']);
      },
    );

    it('names one entry twice, first a link and then a folder below it', async () => {
      using scene = await RestoreScene.open({ startHands });
      const outside = scene.make('outside');
      const link = encodeNode(node('x', { type: 'symlink', linkTarget: Buffer.from(outside) }));
      const evil = `{"nodes":[${link},${encodeNode(node('x', { content: [] }))}]}\n`;
      const { target } = await restoreEvil(scene, evil, startHands);
      expect(readdirSync(`${target}/evil`)).toEqual([]);
      expect(readdirSync(outside)).toEqual([]);
    });

    it('gives a link and lies in a folder of that name at the target', async () => {
      using scene = await RestoreScene.open({ startHands });
      const target = scene.make('target');
      const outside = scene.make('outside');
      // The target has what an earlier, evil restore could have left: a link where the snapshot has a folder.
      symlinkSync(outside, `${target}/d`);
      const snapshot = await scene.publishTree(['/src'], async (store) => [
        await dirNode(store, 'src', [await dirNode(store, 'd', [await fileNode(store, 'f', 'inside')])]),
      ]);
      await scene.restore(snapshot, { target: { kind: 'folder', path: target } });
      expect(readdirSync(outside)).toEqual([]);
      expect(lstatSync(`${target}/d`).isDirectory()).toBe(true);
      expect(readFileSync(`${target}/d/f`, 'utf8')).toBe('inside');
    });

    it('claims that different files are one: each keeps its own content', async () => {
      using scene = await RestoreScene.open({ startHands });
      const target = scene.make('target');
      const shared = { inode: 5n, deviceId: 6n, links: 2n };
      const snapshot = await scene.publishTree(['/src'], async (store) => [
        await dirNode(store, 'src', [
          await fileNode(store, 'a', 'secret', shared),
          await fileNode(store, 'b', 'public', shared),
        ]),
      ]);
      await scene.restore(snapshot, { target: { kind: 'folder', path: target } });
      expect(readFileSync(`${target}/a`, 'utf8')).toBe('secret');
      expect(readFileSync(`${target}/b`, 'utf8')).toBe('public');
      expect(lstatSync(`${target}/a`).nlink).toBe(1);
    });

    it('claims a length its content has not: the file is told and nothing half-written stays', async () => {
      using scene = await RestoreScene.open({ startHands });
      const target = scene.make('target');
      const snapshot = await scene.publishTree(['/src'], async (store) => [
        await dirNode(store, 'src', [
          await fileNode(store, 'a', 'short', { size: 999n }),
          await fileNode(store, 'b', 'fine'),
        ]),
      ]);
      const { outcome } = await scene.restore(snapshot, { target: { kind: 'folder', path: target } });
      expect(outcome).toMatchObject({ added: 1, notDone: 1, endedBy: null });
      expect(outcome.warnings).toEqual([expect.objectContaining({ path: '/src/a' })]);
      expect(readdirSync(target)).toEqual(['b']);
    });

    it('has a link that leads nowhere, and an entry that is nothing', async () => {
      using scene = await RestoreScene.open({ startHands });
      const target = scene.make('target');
      const snapshot = await scene.publishTree(['/src'], async (store) => [
        await dirNode(store, 'src', [
          node('link', { type: 'symlink' }),
          node('odd', { type: 'irregular', mode: 0 }),
          await fileNode(store, 'z', 'fine'),
        ]),
      ]);
      const { outcome } = await scene.restore(snapshot, { target: { kind: 'folder', path: target } });
      expect(outcome).toMatchObject({ added: 1, notDone: 1 });
      expect(readdirSync(target)).toEqual(['z']);
    });
  });

  describe('a damaged repository', () => {
    it('costs the files it damages, and no others', async () => {
      using scene = await RestoreScene.open({ startHands });
      const source = scene.make('docs');
      mkdirSync(`${source}/d`);
      for (const name of ['a', 'b', 'd/c']) writeFileSync(`${source}/${name}`, `content of ${name}`);
      const snapshot = await scene.backup(source);
      const whole = snapshotSourceOf(scene.repository);
      const lost = (await scene.find(snapshot, `${source}/b`))?.content?.[0];
      const driver = scene.newDriver({
        startHands,
        source: {
          ...whole,
          ...lostToThreads(whole, (id) => id === lost),
          loadData: async (id) => {
            if (id === lost) throw scene.damage('blob');
            return whole.loadData(id);
          },
        },
      });
      const target = scene.path('target');
      const prepared = await driver.prepare(
        scene.request(snapshot, { target: { kind: 'folder', path: target } }),
        scene.context(),
      );
      const { outcome } = await scene.run(prepared);
      expect(outcome).toMatchObject({ added: 4, notDone: 1, verified: 2, endedBy: null });
      expect(outcome.warnings).toEqual([{ path: `${source}/b`, text: 'blob is damaged' }]);
      expect(Object.keys(observeTree(target))).toEqual(['a', 'd', 'd/c']);
    });

    it('that is gone altogether ends the restore, and what is done stays and can be undone', async () => {
      using scene = await RestoreScene.open({ startHands });
      const source = scene.make('docs');
      for (let index = 0; index < 300; index += 1) writeFileSync(`${source}/f${index}`, `content ${index}`);
      const snapshot = await scene.backup(source);
      const whole = snapshotSourceOf(scene.repository);
      let left = 200;
      const driver = scene.newDriver({
        startHands,
        source: {
          ...whole,
          ...lostToThreads(whole, () => true),
          loadData: async (id) => {
            left -= 1;
            if (left < 0) throw scene.damage('disk', 'io');
            return whole.loadData(id);
          },
        },
      });
      const target = scene.path('target');
      const prepared = await driver.prepare(
        scene.request(snapshot, { target: { kind: 'folder', path: target } }),
        scene.context(),
      );
      const { outcome, runId } = await scene.run(prepared);
      expect(outcome.endedBy).toMatchObject({ kind: 'io' });
      expect(outcome.added + outcome.notDone).toBe(301);
      // What is made as one folder is there when all of it is.
      if (startHands) expect(outcome.added).toBe(0);
      else expect(outcome.added).toBeGreaterThan(100);
      if (!startHands) {
        expect(readdirSync(target).filter((name) => name.startsWith('.'))).toEqual([]);
        await scene.undo(runId);
      }
      expect(readdirSync(scene.folder).sort()).toEqual(['docs', 'state']);
    });
  });
}
