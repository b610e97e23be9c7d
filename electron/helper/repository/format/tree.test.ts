import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { BlobId } from '../../../../shared/domain/ids.ts';
import { SeededRandom } from '../testing/seeded-random.ts';
import { goModeOfStat } from './modes.ts';
import type { TreeNode } from './node.ts';
import { decodeTree, encodeTree } from './tree.ts';

const idOf = (text: string): BlobId => createHash('sha256').update(text).digest('hex') as BlobId;

const base: TreeNode = {
  name: Buffer.from('file'),
  type: 'file',
  mode: 0o644,
  mtimeNs: 1_700_000_000_000_000_001n,
  atimeNs: 1_700_000_000_000_000_001n,
  ctimeNs: 1_700_000_000_000_000_002n,
  uid: 1000,
  gid: 1000,
  inode: 2n ** 63n + 1n,
  deviceId: 2n ** 54n + 1n,
  size: 2n ** 53n + 1n,
  links: 1n,
  device: 0n,
  content: [idOf('a'), idOf('b')],
};

const damage = expect.objectContaining({ kind: 'repository-damaged' });

describe('trees', () => {
  it('writes the same bytes as restic, field by field', () => {
    const node = { ...base, name: Buffer.from('a<"b'), inode: 5n, deviceId: 0n, size: 3n, user: 'me', content: [] };
    expect(encodeTree([node]).toString()).toBe(
      '{"nodes":[{"name":"a\\u003c\\\\\\"b","type":"file","mode":420,"mtime":"2023-11-14T22:13:20.000000001Z",' +
        '"atime":"2023-11-14T22:13:20.000000001Z","ctime":"2023-11-14T22:13:20.000000002Z","uid":1000,"gid":1000,' +
        '"user":"me","inode":5,"size":3,"links":1,"content":[]}]}\n',
    );
    expect(encodeTree([]).toString()).toBe('{"nodes":[]}\n');
  });

  it('brings every kind of node back whole', () => {
    const { content: _, ...bare } = base;
    const nodes: TreeNode[] = [
      base,
      { ...bare, name: Buffer.from([0xff, 0x22]), type: 'dir', mode: goModeOfStat(0o041777), subtree: idOf('t') },
      { ...bare, name: Buffer.from('l'), type: 'symlink', linkTarget: Buffer.from([0x2f, 0xfe, 0x0a]) },
      { ...bare, name: Buffer.from('n'), type: 'symlink', linkTarget: Buffer.from('../<ü>') },
      { ...bare, name: Buffer.from('dev'), type: 'chardev', device: 2n ** 40n, mode: goModeOfStat(0o020600) },
      {
        ...base,
        name: Buffer.from('x'),
        user: 'ü',
        group: 'g',
        extendedAttributes: [
          { name: 'user.a', value: Buffer.from([0, 255]) },
          { name: 'user.empty', value: Buffer.alloc(0) },
        ],
      },
    ];
    const decoded = decodeTree(encodeTree(nodes)).nodes;
    const byName = [...nodes].sort((one, other) => Buffer.compare(one.name, other.name));
    expect(decoded.map((node) => JSON.parse(stable(node)))).toEqual(byName.map((node) => JSON.parse(stable(node))));
  });

  it('sorts by bytes, not by UTF-16 units', () => {
    const names = ['\u{1f600}', '\ufb00', 'z', 'B'].map((name) => Buffer.from(name));
    const decoded = decodeTree(encodeTree(names.map((name) => ({ ...base, name })))).nodes;
    expect(decoded.map(({ name }) => name.toString())).toEqual(['B', 'z', '\ufb00', '\u{1f600}']);
  });

  it('refuses to store two entries of one name, or a name that is a path', () => {
    expect(() => encodeTree([base, base])).toThrow('two entries');
    for (const name of ['', '.', '..', 'a/b', 'a\0b']) {
      expect(() => encodeTree([{ ...base, name: Buffer.from(name) }])).toThrow(`entry named`);
    }
  });

  it.each([
    ['a name that leaves its directory', { name: '..' }],
    ['a name with a slash', { name: 'a/b' }],
    ['a name with an escaped slash', { name: 'a\\x2fb' }],
    ['a NUL in the name', { name: 'a\\x00' }],
    ['no name', { name: undefined }],
    ['an unknown type', { type: 'portal' }],
    ['a subtree on a file', { subtree: idOf('t') }],
    ['a directory without a tree', { type: 'dir', content: null }],
    ['content on a directory', { type: 'dir', subtree: idOf('t') }],
    ['a content id that is none', { content: ['zz'] }],
    ['a negative size', { size: -1 }],
    ['a fractional inode', { inode: 1.5 }],
    ['a mode of 33 bits', { mode: 2 ** 32 }],
    ['a uid that is text', { uid: '0' }],
    ['attributes that are no list', { extended_attributes: {} }],
    ['an attribute that is not base64', { extended_attributes: [{ name: 'user.a', value: '%%%' }] }],
    ['no time', { mtime: undefined }],
  ])('refuses %s', (_what, change) => {
    const node = {
      ...JSON.parse(encodeTree([{ ...base, inode: 1n, deviceId: 1n, size: 1n }]).toString()).nodes[0],
      ...change,
    };
    expect(() => decodeTree(Buffer.from(JSON.stringify({ nodes: [node] })))).toThrow(damage);
  });

  it('refuses a directory that lists a name twice, however spelled', () => {
    const [node] = JSON.parse(encodeTree([{ ...base, name: Buffer.from('A') }]).toString()).nodes;
    const twice = JSON.stringify({ nodes: [node, { ...node, name: '\\x41' }] });
    expect(() => decodeTree(Buffer.from(twice))).toThrow(damage);
  });

  it('never fails in another way on random damage', () => {
    const random = new SeededRandom(3);
    const good = encodeTree([base, { ...base, name: Buffer.from('other'), inode: 4n }]);
    for (let round = 0; round < 3000; round += 1) {
      const bytes = random.int(4) === 0 ? random.bytes(random.int(200)) : Buffer.from(good);
      for (let hit = random.int(6); hit > 0 && bytes.length > 0; hit -= 1)
        bytes[random.int(bytes.length)] = random.int(256);
      try {
        decodeTree(bytes.subarray(0, random.int(3) === 0 ? random.int(bytes.length + 1) : bytes.length));
      } catch (error) {
        expect(error).toMatchObject({ name: 'StillpointError', kind: 'repository-damaged' });
      }
    }
  });
});

/** JSON of a node with bytes and bigints spelled out and absent fields gone. */
function stable(node: TreeNode): string {
  return JSON.stringify(node, (_key, value: unknown) => (typeof value === 'bigint' ? `${value}n` : value));
}
