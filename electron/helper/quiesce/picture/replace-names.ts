import type { NamedLook } from './contract.ts';
import { learnListed } from './learn.ts';
import type { PictureState } from './picture-state.ts';

/**
 * Puts the names of a listing in place of those a directory had; returns whether anything is different. Names that stay
 * keep their rows; one bit tells them from those that go.
 */
export function replaceNames(state: PictureState, parent: number, entries: readonly NamedLook[]): boolean {
  const { tree, rootKey } = state;
  const { names, directories, inodes } = tree;
  const row = tree.rowOf(parent);
  const listing = directories.flip(row);
  let isDifferent = false;
  // Listings come in the same order, nearly always: the next name is the one that follows the last.
  let cursor = directories.firstName[row] ?? -1;
  for (const { name, look } of entries) {
    if (look.key === rootKey) continue;
    const before = inodes.find(look.key);
    const child = learnListed(state, look, before);
    const isNext = cursor >= 0 && names.child[cursor] === child && names.is(cursor, name);
    const kept = isNext ? cursor : tree.findName(parent, child, name);
    if (kept >= 0) {
      names.listing[kept] = listing;
      cursor = names.next[kept] ?? -1;
      continue;
    }
    isDifferent = true;
    const other = tree.rowOf(child) >= 0 ? (inodes.firstName[child] ?? -1) : -1;
    if (other >= 0) {
      if (other === cursor) cursor = names.next[other] ?? -1;
      takeAway(state, other, parent);
    }
    const added = tree.attach(parent, child, name);
    names.listing[added] = listing;
    // What is new is new to all of it.
    if (child === before) state.touchMoved(child);
  }
  for (let name = directories.firstName[row] ?? -1; name >= 0; ) {
    const next = names.next[name] ?? -1;
    if (names.listing[name] !== listing) {
      isDifferent = true;
      state.detach(name);
    }
    name = next;
  }
  return isDifferent;
}

/** A directory has one name: the newest listing is right. */
function takeAway(state: PictureState, name: number, parent: number): void {
  const other = state.tree.names.parent[name] ?? -1;
  state.detach(name);
  state.tree.touchBelow(other);
  if (other !== parent) state.marks.names.add(other);
}
