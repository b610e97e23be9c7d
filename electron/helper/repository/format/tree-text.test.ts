import { describe, expect, it } from 'vitest';
import type { BlobId } from '../../../../shared/domain/ids.ts';
import { SeededRandom } from '../testing/seeded-random.ts';
import type { TreeNode } from './node.ts';
import { decodeTree, encodeTree } from './tree.ts';
import { TreeText } from './tree-text.ts';

const id = 'a'.repeat(64) as BlobId;
const blob = 'b'.repeat(64) as BlobId;

function node(name: string | Buffer, more: Partial<TreeNode> = {}): TreeNode {
  const zero = {
    mtimeNs: 1n,
    atimeNs: 1n,
    ctimeNs: 1n,
    inode: 2n ** 60n,
    deviceId: 1n,
    size: 3n,
    links: 1n,
    device: 0n,
  };
  const fixed = { type: 'file', mode: 0o644, uid: 0, gid: 0, ...zero, content: [blob] } as const;
  return { name: Buffer.from(name), ...fixed, ...more };
}

/** Names that would show a reader which counts quotes or brackets wrong. */
const odd = [
  'plain',
  'with "quotes"',
  'back\\slash',
  'ends with \\',
  '"},{"name":"x',
  '},{"name":"',
  'é and 日本',
  Buffer.from([0xff, 0x22, 0x5c]),
  '{[]}',
  '<&>',
  '\u0001\n',
];
const attributes = [
  { name: 'user.one', value: Buffer.from('"},{"name":"') },
  { name: 'user.two', value: Buffer.from('}') },
];

const open = (nodes: readonly TreeNode[]): TreeText => {
  const text = TreeText.of(id, encodeTree(nodes));
  if (text === undefined) throw new Error('not opened');
  return text;
};

describe('a stored directory as text', () => {
  it.each([
    ['plain nodes', odd.map((name) => node(name))],
    ['nodes with attributes', odd.map((name, at) => node(name, at % 2 ? { extendedAttributes: attributes } : {}))],
    ['one node', [node('only')]],
    ['no node', []],
  ])('finds each node by its name: %s', (_what, nodes) => {
    const text = open(nodes);
    expect(text.size).toBe(nodes.length);
    const decoded = new Map(decodeTree(encodeTree(nodes)).nodes.map((each) => [each.name.toString('latin1'), each]));
    for (const { name } of nodes) {
      expect(text.has(name)).toBe(true);
      expect(text.node(name)).toEqual(decoded.get(name.toString('latin1')));
    }
    expect(text.has(Buffer.from('absent'))).toBe(false);
    expect(text.node(Buffer.from('absent'))).toBeUndefined();
  });

  it('becomes what encoding all of it would make, whatever is changed or taken away', () => {
    const random = new SeededRandom(5);
    for (let round = 0; round < 300; round += 1) {
      const nodes = odd
        .filter(() => random.int(3) > 0)
        .map((name) => node(name, random.int(8) === 0 ? { extendedAttributes: attributes } : {}));
      const changes = new Map<Uint8Array, TreeNode | null>();
      const after: TreeNode[] = [];
      for (const each of nodes) {
        const chance = random.int(4);
        const now = chance === 0 ? { ...each, size: 99n, mtimeNs: 7n } : chance === 1 ? null : each;
        if (now !== each) changes.set(each.name, now);
        if (now !== null) after.push(now);
      }
      expect(open(nodes).with(changes).bytes).toEqual(encodeTree(after));
    }
  });

  it('can be changed again and again, without being written and read between', () => {
    const random = new SeededRandom(6);
    for (let round = 0; round < 60; round += 1) {
      let nodes = odd.map((name) => node(name, random.int(6) === 0 ? { extendedAttributes: attributes } : {}));
      let text = open(nodes);
      while (nodes.length > 0) {
        const changes = new Map<Uint8Array, TreeNode | null>();
        nodes = nodes.flatMap((each) => {
          if (random.int(3) > 0) return [each];
          const now = random.int(2) === 0 ? null : { ...each, size: BigInt(random.int(1_000_000)) };
          changes.set(each.name, now);
          return now === null ? [] : [now];
        });
        const after = text.with(changes);
        expect(after.bytes).toEqual(encodeTree(nodes));
        text = after.named(id);
        expect(text.size).toBe(nodes.length);
        for (const { name, size } of nodes) expect(text.node(name)?.size).toBe(size);
        for (const [name, now] of changes) expect(text.has(name)).toBe(now !== null);
      }
    }
  });

  it('refuses a name it does not have, and a node of another name', () => {
    const text = open([node('one')]);
    expect(() => text.with(new Map([[Buffer.from('two'), node('two')]]))).toThrow();
    expect(() => text.with(new Map([[Buffer.from('one'), node('two')]]))).toThrow();
  });

  it.each([
    '{"nodes": [{"name":"one"}]}\n',
    '{"nodes":[{"name":"one"}]}',
    '{"nodes":[{"type":"file","name":"one"}]}\n',
    '{"nodes":null}\n',
    '{"nodes":[{"name":"one","extended_attributes":[{"name":"a"}]} ,{"name":"two"}]}\n',
    '',
  ])('is not what is written in another way: %s', (json) => {
    expect(TreeText.of(id, Buffer.from(json))).toBeUndefined();
  });
});
