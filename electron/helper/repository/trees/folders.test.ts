import { describe, expect, it } from 'vitest';
import type { BlobId } from '../../../../shared/domain/ids.ts';
import { goModeOfStat } from '../format/modes.ts';
import type { TreeNode } from '../format/node.ts';
import { decodeTree, encodeTree } from '../format/tree.ts';
import { Folder, Folders } from './folders.ts';

const id = 'a'.repeat(64) as BlobId;

function node(name: string | Buffer, type: 'file' | 'dir' | 'symlink', more: Partial<TreeNode> = {}): TreeNode {
  const modes = { file: 0o100644, dir: 0o040755, symlink: 0o120777 };
  return {
    ...{ name: Buffer.from(name as string), type, mode: goModeOfStat(modes[type]) },
    ...{
      mtimeNs: 1n,
      atimeNs: 1n,
      ctimeNs: 1n,
      uid: 0,
      gid: 0,
      inode: 1n,
      deviceId: 1n,
      size: 0n,
      links: 1n,
      device: 0n,
    },
    ...(type === 'dir' ? { subtree: id } : {}),
    ...more,
  };
}

const nodes = [
  node('a', 'file'),
  node('b"quoted\\', 'dir'),
  node(Buffer.from([0x63, 0xff]), 'dir'),
  node('d', 'symlink', { linkTarget: Buffer.from('","type":"dir"') }),
  node('e', 'dir'),
  node(',"type":"dir"', 'file'),
  node('é', 'file'),
];

const names = (folder: Folder, offset: number, limit: number): string[] =>
  folder.page(offset, limit).map(({ name }) => name.toString('latin1'));

describe('a folder that is looked at in part', () => {
  const stored = encodeTree(nodes);
  const all = decodeTree(stored).nodes;
  const expected = [...all.filter(({ type }) => type === 'dir'), ...all.filter(({ type }) => type !== 'dir')];
  const withAttributes = encodeTree([
    ...nodes,
    node('x', 'dir', { extendedAttributes: [{ name: 'user.a', value: Buffer.from('v') }] }),
  ]);
  /** The same, written in another way. */
  const spaced = Buffer.from(stored.toString('latin1').replace('{"nodes":[', '{ "nodes": ['), 'latin1');

  it.each([
    ['as it is written here', stored],
    ['as others may write it', spaced],
  ])('shows pages of what decoding all of it gives: %s', (_, bytes) => {
    const folder = Folder.of(id, bytes);
    expect(folder.size).toBe(nodes.length);
    expect(folder.page(0, 100)).toEqual(expected);
    expect(folder.page(2, 3)).toEqual(expected.slice(2, 5));
    expect(folder.page(100, 3)).toEqual([]);
    for (const each of nodes) expect(folder.find(each.name)).toEqual(all.find(({ name }) => name.equals(each.name)));
    expect(folder.find(Buffer.from('none'))).toBeUndefined();
  });

  it('finds a name that is written in another way', () => {
    const odd = Buffer.from(stored.toString('latin1').replace('"name":"a"', '"name":"\\\\x61"'), 'latin1');
    expect(Folder.of(id, odd).find(Buffer.from('a'))?.type).toBe('file');
  });

  it('knows folders with attributes', () => {
    expect(names(Folder.of(id, withAttributes), 3, 1)).toEqual(['x']);
  });

  it('shows an empty one', () => {
    expect(Folder.of(id, encodeTree([])).page(0, 10)).toEqual([]);
  });

  it('says when what it was given is no tree', () => {
    expect(() => Folder.of(id, Buffer.from('[]'))).toThrow(expect.objectContaining({ kind: 'repository-damaged' }));
  });
});

describe('the folders shown last', () => {
  it('are read once, as long as they are few', async () => {
    const folders = new Folders();
    let reads = 0;
    const load = async (): Promise<Buffer> => {
      reads += 1;
      return encodeTree([]);
    };
    for (const name of ['a', 'b', 'a', 'b']) await folders.load(name as BlobId, load);
    expect(reads).toBe(2);
    for (let other = 0; other < 20; other += 1) await folders.load(`other ${other}` as BlobId, load);
    await folders.load('a' as BlobId, load);
    expect(reads).toBe(23);
  });
});
