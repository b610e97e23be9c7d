import { describe, expect, it } from 'vitest';
import type { EntryMeta } from '../contract.ts';
import type { HandleKey } from '../tracking/contract.ts';
import type { NamedLook } from './contract.ts';
import { addInode } from './learn.ts';
import { PictureState } from './picture-state.ts';
import { replaceNames } from './replace-names.ts';

const keyOf = (name: string): HandleKey => `\x01\0\0\0${name.padEnd(8, '.')}` as HandleKey;
const links = 900;

function metaOf(type: EntryMeta['type']): EntryMeta {
  const times = { mtimeNs: 1n, ctimeNs: 1n, atimeNs: 1n };
  const numbers = { uid: 0, gid: 0, inode: 9n, deviceId: 1n, links: BigInt(links), rdev: 0n, size: 10n };
  return { type, mode: 0o644, ...times, ...numbers, linkTarget: null, xattrs: [] };
}

const linkOf = (at: number, key = 'one'): NamedLook => ({
  name: Buffer.from(`link-${at}`),
  look: { key: keyOf(key), meta: metaOf('file'), isStandIn: false },
});
const inOrder = Array.from({ length: links }, (_, at) => linkOf(at));
const shuffled = inOrder.map((_, at) => linkOf((at * 7) % links));

/** A folder and a counter of the names of one inode that are passed on the way from one to the next. */
function counted() {
  const state = new PictureState(keyOf('root'), 'ext4');
  const root = addInode(state, { key: keyOf('root'), meta: metaOf('dir'), isStandIn: false });
  state.root = root;
  const { names } = state.tree;
  let steps = 0;
  const count: ProxyHandler<Int32Array<ArrayBuffer>> = {
    get: (column, key) => {
      steps += 1;
      return Reflect.get(column, key);
    },
  };
  names.nextOfChild = new Proxy(names.nextOfChild, count);
  const stepsOf = (work: () => void): number => {
    const before = steps;
    work();
    return steps - before;
  };
  return { state, root, stepsOf };
}

describe('very many names of one inode', () => {
  it('cost each as much as a few, whatever is done to them', () => {
    const { state, root, stepsOf } = counted();
    const { tree } = state;
    const works: Readonly<Record<string, () => void>> = {
      listed: () => replaceNames(state, root, inOrder),
      'listed again': () => replaceNames(state, root, inOrder),
      'in another order': () => replaceNames(state, root, shuffled),
      'half of them gone': () => replaceNames(state, root, shuffled.slice(links / 2)),
      'there again': () => replaceNames(state, root, inOrder),
      gone: () => replaceNames(state, root, []),
    };
    for (const [what, work] of Object.entries(works)) {
      tree.now += 1;
      expect(stepsOf(work), what).toBeLessThan(links * 50);
    }
    expect(tree.namesIn(root)).toBe(0);
  });

  it('are each found, and no other', () => {
    const { state, root } = counted();
    const { tree } = state;
    const other = addInode(state, { key: keyOf('other'), meta: metaOf('dir'), isStandIn: false });
    replaceNames(state, root, inOrder);
    replaceNames(state, other, inOrder.slice(0, 60));
    const child = tree.inodes.find(keyOf('one'));
    const find = (parent: number, name: string): string | undefined => {
      const id = tree.findName(parent, child, Buffer.from(name));
      return id < 0 ? undefined : `${tree.names.parent[id] === parent} ${tree.names.of(id)}`;
    };
    for (let at = 0; at < links; at += 1) {
      expect(find(root, `link-${at}`)).toBe(`true link-${at}`);
      expect(find(other, `link-${at}`)).toBe(at < 60 ? `true link-${at}` : undefined);
    }
    replaceNames(state, root, shuffled.slice(links / 2));
    const left = new Set(shuffled.slice(links / 2).map(({ name }) => String(name)));
    for (let at = 0; at < links; at += 1) expect(find(root, `link-${at}`) !== undefined).toBe(left.has(`link-${at}`));
  });
});
