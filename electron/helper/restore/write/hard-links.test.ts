import { describe, expect, it } from 'vitest';
import { metaOf } from '../../capture/testing/literal-view.ts';
import type { TreeNode } from '../../repository/index.ts';
import type { Found, PlanItem } from '../plan/plan-item.ts';
import { HardLinks } from './hard-links.ts';

const { mtimeNs } = metaOf('file');
const node: TreeNode = {
  name: Buffer.from('n'),
  type: 'file',
  mode: 0o644,
  ...{ mtimeNs, atimeNs: mtimeNs, ctimeNs: mtimeNs, uid: 0, gid: 0, size: 3n, device: 0n },
  ...{ inode: 5n, deviceId: 6n, links: 2n, content: [] },
};
const item = {} as PlanItem;
const found = {} as Found;

describe('further names of one inode', () => {
  it('are linked to the first', () => {
    const links = new HardLinks();
    expect(links.sourceFor(item, node)).toBeNull();
    links.placed(item, node, found);
    expect(links.sourceFor({} as PlanItem, node)).toMatchObject({ item, found });
  });

  it('are not, when the first could not be put in place', () => {
    const links = new HardLinks();
    links.sourceFor(item, node);
    links.failed(item, node);
    expect(links.sourceFor({} as PlanItem, node)).toBeNull();
  });

  it.each<[string, Partial<TreeNode>]>([
    ['content', { content: ['a'.repeat(64) as never] }],
    ['mode', { mode: 2 ** 23 + 0o755 }],
    ['owner', { uid: 1 }],
    ['type', { type: 'fifo' }],
    ['link target', { linkTarget: Buffer.from('x') }],
  ])('are not, when a tree only claims so and the %s differs', (_what, change) => {
    const links = new HardLinks();
    links.sourceFor(item, node);
    expect(links.sourceFor({} as PlanItem, { ...node, ...change })).toBeNull();
  });

  it('are nothing special for a single name, a folder, or an unknown inode', () => {
    const links = new HardLinks();
    for (const change of [{ links: 1n }, { type: 'dir' as const }, { inode: 0n }]) {
      links.sourceFor(item, { ...node, ...change });
      expect(links.sourceFor({} as PlanItem, { ...node, ...change })).toBeNull();
    }
  });
});
