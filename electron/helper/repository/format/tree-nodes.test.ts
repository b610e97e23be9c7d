import { expect, it } from 'vitest';
import type { BlobId } from '../../../../shared/domain/ids.ts';
import { goModeOfStat } from './modes.ts';
import type { TreeNode } from './node.ts';
import { decodeTree, encodeTree } from './tree.ts';
import { nodesOf } from './tree-nodes.ts';

const id = 'b'.repeat(64) as BlobId;

function folderOf(count: number): Buffer {
  return encodeTree(
    Array.from({ length: count }, (_, at): TreeNode => {
      const name = Buffer.from(String(at).padStart(7, '0'));
      const times = { mtimeNs: BigInt(at), atimeNs: 1n, ctimeNs: 1n };
      const numbers = { uid: 0, gid: 0, inode: BigInt(at), deviceId: 1n, size: 0n, links: 1n, device: 0n };
      return { name, type: 'file', mode: goModeOfStat(0o100644), ...times, ...numbers, content: [] };
    }),
  );
}

const damage = expect.objectContaining({ kind: 'repository-damaged' });
const long = folderOf(8000);

it.each([0, 3, 8000])('gives what decoding all at once gives: %i entries', (count) => {
  const bytes = folderOf(count);
  expect([...nodesOf(id, bytes)]).toEqual(decodeTree(bytes).nodes);
});

it('refuses a long listing that is damaged near its end, before it gives anything', () => {
  expect(long.length).toBeGreaterThan(1024 * 1024);
  const changed = (from: string, to: string): Buffer =>
    Buffer.from(long.toString('latin1').replace(from, to), 'latin1');
  expect(() => nodesOf(id, changed('"name":"0007999"', '"name":"0007998"'))).toThrow(damage);
  expect(() => nodesOf(id, changed('"name":"0007999"', '"name":".."'))).toThrow(damage);
  expect(() => nodesOf(id, changed('"inode":7999', '"inode":"x"'))).toThrow(damage);
  const unordered = changed('"name":"0007999"', '"name":"0000000a"');
  expect([...nodesOf(id, unordered)]).toEqual(decodeTree(unordered).nodes);
});
