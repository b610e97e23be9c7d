import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import type { BlobId } from '../../../../shared/domain/ids.ts';
import { metaOf } from '../../capture/testing/literal-view.ts';
import { encodeNode } from '../../repository/format/node.ts';
import { decodeTree } from '../../repository/format/tree.ts';
import { goModeOfStat, type TreeNode } from '../../repository/index.ts';
import { SeededRandom } from '../../repository/testing/seeded-random.ts';
import type { StartHands } from '../hands/contract.ts';
import { snapshotSourceOf } from '../snapshot-source.ts';
import { observeTree } from './observe-tree.ts';
import { RestoreScene } from './restore-scene.ts';

const fine = ['a', 'b', 'c', 'link', '...', '\n', 'x'.repeat(255)];
const bad = ['..', '.', '', '/', 'a/b', '../outside', '../../etc', 'a\0b', 'x'.repeat(256)];
const kinds = [
  'file',
  'file',
  'dir',
  'dir',
  'symlink',
  'symlink',
  'dev',
  'chardev',
  'fifo',
  'socket',
  'irregular',
] as const;
const modes = {
  dir: 0o040755,
  symlink: 0o120777,
  dev: 0o060660,
  chardev: 0o020660,
  fifo: 0o010600,
  socket: 0o140600,
} as const;

/** A tree as nobody honest writes it: any name, links out of it, files that claim to be one with what is outside. */
function hostileTree(random: SeededRandom, content: BlobId, outside: string, subtrees: readonly BlobId[]): TreeNode[] {
  const { mtimeNs, ctimeNs } = metaOf('file');
  const taken = new Set<string>();
  // One bad name makes all of a folder unbelievable.
  const names = random.int(4) === 0 ? [...fine, ...bad] : fine;
  return Array.from({ length: random.int(7) }, (): TreeNode | undefined => {
    const name = random.pick(names);
    if (taken.has(name)) return undefined;
    taken.add(name);
    const type = random.pick(kinds);
    const mode = type in modes ? modes[type as keyof typeof modes] : 0o104755;
    return {
      ...{ name: Buffer.from(name, 'latin1'), type, mode: goModeOfStat(mode), mtimeNs, ctimeNs, atimeNs: mtimeNs },
      ...{ uid: random.int(3), gid: 0, size: type === 'file' ? 4n : 0n, device: 0x103n, deviceId: 1n },
      // Few numbers, so that many claim to be one file.
      ...{ inode: BigInt(random.int(3)), links: BigInt(1 + random.int(3)) },
      ...(type === 'file' ? { content: [content] } : {}),
      ...(type === 'dir' ? { subtree: random.pick(subtrees) } : {}),
      ...(type === 'symlink'
        ? { linkTarget: Buffer.from(random.pick([outside, '../outside', '..', '/', `${outside}/kept`])) }
        : {}),
    };
  }).filter((node) => node !== undefined);
}

/** Without threads, or with those. */
export function hostileRandomSuite(startHands: StartHands | undefined): void {
  it.each([1, 2, 3, 4])('trees made to do harm change nothing outside their target (seed %i)', async (seed) => {
    const random = new SeededRandom(seed);
    let written = 0;
    for (let round = 0; round < 15; round += 1) {
      using scene = await RestoreScene.open({ startHands });
      const outside = scene.make('outside');
      writeFileSync(`${outside}/kept`, 'kept', { mode: 0o600 });
      const target = scene.make('target');
      for (const name of ['a', 'b']) if (random.int(2) === 0) symlinkSync(outside, `${target}/${name}`);
      if (random.int(2) === 0) mkdirSync(`${target}/c`);
      let content: BlobId | undefined;
      const snapshot = await scene.publishTree(['/src'], async (store) => {
        content = (await store.saveData(Buffer.from('evil'))).id as BlobId;
        const { mtimeNs, ctimeNs } = metaOf('file');
        const empty = (await store.saveTree([])).id;
        return [
          {
            ...{
              name: Buffer.from('src'),
              type: 'dir',
              mode: goModeOfStat(0o040755),
              mtimeNs,
              ctimeNs,
              atimeNs: mtimeNs,
            },
            ...{ uid: 0, gid: 0, inode: 0n, deviceId: 0n, size: 0n, links: 0n, device: 0n, subtree: empty },
          },
        ];
      });
      const source = snapshotSourceOf(scene.repository);
      const ids = ['1', '2', '3', '4'].map((digit) => digit.repeat(64) as BlobId);
      const trees = new Map(
        ids.map((id, at) => [
          id,
          hostileTree(random, content as BlobId, outside, ids.slice(at + 1).concat('f'.repeat(64) as BlobId)),
        ]),
      );
      const driver = scene.newDriver({
        startHands,
        source: {
          ...source,
          loadTree: async (id) => {
            if (id === 'f'.repeat(64)) return [];
            const evil = trees.get(id);
            if (evil !== undefined)
              return decodeTree(Buffer.from(`{"nodes":[${evil.map(encodeNode).join(',')}]}\n`)).nodes;
            const nodes = await source.loadTree(id);
            return nodes.map((node) =>
              node.name.toString() === 'src' ? { ...node, subtree: ids[0] as BlobId } : node,
            );
          },
        },
      });
      const mode = random.pick(['keep', 'exact'] as const);
      const request = scene.request(snapshot, { target: { kind: 'folder', path: target }, mode });
      const before = observeTree(outside, { top: true });
      const prepared = await driver.prepare(request, scene.context());
      const { outcome } = await scene.run(prepared);
      written += outcome.added;
      expect(observeTree(outside, { top: true }), `round ${round}`).toEqual(before);
      expect(
        Object.keys(observeTree(scene.folder)).filter((path) => !/^(outside|target|state)(\/|$)/.test(path)),
      ).toEqual([]);
    }
    expect(written).toBeGreaterThan(5);
  });
}
