import type { PictureState } from './picture-state.ts';

/** Forgets what nothing leads to any more. Not while a run goes on: a move may be seen as two listings. */
export function forgetLoose(state: PictureState): void {
  const { tree, loose, root } = state;
  const reach = state.reach();
  for (const id of loose) {
    const name = tree.inodes.firstName[id] ?? -1;
    // In a circle, which a move seen by halves can leave behind: nothing comes from the root.
    if (name >= 0 && tree.rowOf(id) >= 0 && !reach.has(id) && isInCircle(state, id)) tree.detach(name);
  }
  // So that what is forgotten has nothing pending for others.
  tree.below(root);
  for (const id of loose)
    if (id !== root && tree.inodes.isKnown(id) && (tree.inodes.firstName[id] ?? -1) < 0) forget(state, id);
  loose.clear();
}

/** Forgets an inode without names, and what only it led to. */
export function forget(state: PictureState, forgotten: number): void {
  const { tree, marks, unreadable, contents, walk, listings } = state;
  const pending = [forgotten];
  for (let id = pending.pop(); id !== undefined; id = pending.pop()) {
    marks.forget(id);
    unreadable.delete(id);
    contents.delete(id);
    walk.forget(id);
    listings.forget(id);
    tree.forget(id, (orphan) => pending.push(orphan));
  }
}

function isInCircle({ tree }: PictureState, id: number): boolean {
  const seen = new Set<number>();
  const row = tree.rowOf(id);
  for (let at = tree.above(row); at >= 0 && !seen.has(at); at = tree.above(at)) {
    if (at === row) return true;
    seen.add(at);
  }
  return false;
}
