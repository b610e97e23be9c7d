import { describe, expect, it } from 'vitest';
import type { TreeNode } from '../../repository/index.ts';
import type { PlanDirectory, PlanItem, TargetRoot } from '../plan/plan-item.ts';
import { unitsOf } from './units.ts';

const root: TargetRoot = { path: Buffer.from('/target'), deviceId: 1n, inode: 2n };
const top: PlanDirectory = {
  ...{ root, parent: null, name: Buffer.alloc(0), snapshotPath: '/', tree: null, node: null },
};
const much = { entries: 100, bytes: 1000 };

/** One entry below `parent`, to be added unless `changes` says otherwise. */
function entry(parent: PlanDirectory, name: string, changes: Partial<PlanItem> = {}): PlanItem {
  return {
    ...{ in: parent, name: Buffer.from(name), action: 'add', type: 'file', now: null, directory: null },
    ...{ stored: { size: 10, mtimeNs: 0n, links: 1n }, isTypeChange: false, isHidden: false, insideOf: null },
    ...changes,
  };
}

function folder(
  parent: PlanDirectory,
  name: string,
  changes: Partial<PlanItem> = {},
): PlanItem & { below: PlanDirectory } {
  const path = `${parent.snapshotPath}${name}/`;
  const below = { root, parent, name: Buffer.from(name), snapshotPath: path, tree: null, node: {} as TreeNode };
  return { ...entry(parent, name, { type: 'dir', directory: below, ...changes }), below };
}

const shown = (items: readonly PlanItem[], limits = much): string[] =>
  [...unitsOf(items, limits)].map((unit) => `${unit.kind} ${unit.items.map(({ name }) => name).join(' ')}`);

describe('parts of a plan', () => {
  it('are folders that are not there, with all that is in them, and the rest in the order it was in', () => {
    const d = folder(top, 'd');
    const e = folder(d.below, 'e');
    const g = folder(top, 'g');
    const items = [entry(top, 'a'), d, e, entry(e.below, 'f'), g, entry(g.below, 'h'), entry(top, 'z')];
    expect(shown(items)).toEqual(['entries a', 'tree d e f', 'tree g h', 'entries z']);
  });

  it('are one tree up to the limits, and beyond them the largest that are within', () => {
    const d = folder(top, 'd');
    const e = folder(d.below, 'e');
    const items = [d, e, entry(e.below, 'f'), entry(e.below, 'g')];
    expect(shown(items, { entries: 4, bytes: 20 })).toEqual(['tree d e f g']);
    expect(shown(items, { entries: 3, bytes: 20 })).toEqual(['entries d', 'tree e f g']);
    expect(shown(items, { entries: 4, bytes: 19 })).toEqual(['entries d e f g']);
  });

  it.each<[string, Partial<PlanItem>]>([
    ['is there', { action: 'metadata', now: { type: 'file' } as never }],
    ['is in the way', { isTypeChange: true }],
    ['goes with what is moved aside', { insideOf: entry(top, 'x') }],
    ['is left as it is', { action: 'same' }],
  ])('are no tree where something in it %s', (_what, changes) => {
    const d = folder(top, 'd');
    expect(shown([d, entry(d.below, 'f', changes)])).toEqual(['entries d f']);
  });

  it('are no tree where the snapshot does not know the folder, or the path is longer than the kernel takes', () => {
    const unknown = folder(top, 'd', { isHidden: true });
    expect(shown([unknown, entry(unknown.below, 'f')])).toEqual(['entries d f']);
    const d = folder(top, 'd');
    const inside = folder(d.below, 'e');
    inside.below.node = null;
    expect(shown([d, inside])).toEqual(['entries d e']);
    const items = [d];
    for (let depth = 0; depth < 12; depth += 1) items.push(folder((items.at(-1) as typeof d).below, 'n'.repeat(255)));
    const units = [...unitsOf(items, much)];
    expect(units[0]).toMatchObject({ kind: 'entries', items: [d] });
    expect(units[1]).toMatchObject({ kind: 'tree' });
  });
});
