import type { EntryMeta } from '../contract.ts';
import { doubtNs } from '../ctime/granularity.ts';
import { isReusable } from '../ctime/reusable.ts';
import type { Look } from './contract.ts';
import { forget } from './forget.ts';
import type { Difference } from './inode-table.ts';
import type { PictureState } from './picture-state.ts';

/** Takes in a look; returns the inode's number. */
export function learn(state: PictureState, look: Look): number {
  const { inodes } = state.tree;
  const known = inodes.find(look.key);
  if (known < 0) return addInode(state, look);
  if (inodes.isOf(known, look.meta.type, look.isStandIn)) {
    lookAgain(state, known, look.meta);
    return known;
  }
  // No filesystem gives a key to something else; one that does has made it anew.
  for (let name = inodes.firstName[known] ?? -1; name >= 0; name = inodes.firstName[known] ?? -1) state.detach(name);
  forget(state, known);
  return addInode(state, look);
}

/** The same within a listing. `known`: its number before, -1 when it had none. */
export function learnListed(state: PictureState, look: Look, known: number): number {
  const id = learn(state, look);
  if (!state.listings.isDoubtful(id, look.key, known < 0)) return id;
  state.marks.look.add(id);
  state.walk.heard(id);
  return id;
}

/** An inode that is new here: nothing is known of its content, and nothing of what is in it. */
export function addInode({ tree, walk, marks }: PictureState, { key, meta, isStandIn }: Look): number {
  const id = tree.add(key, meta, isStandIn);
  tree.inodes.setLookedAtIn(walk.number, id);
  if (tree.rowOf(id) >= 0) marks.names.add(id);
  if (meta.type === 'file') marks.wanted.add(id);
  return id;
}

function lookAgain(state: PictureState, id: number, meta: EntryMeta): void {
  const { tree, walk, contents } = state;
  const { inodes } = tree;
  const difference = inodes.difference(id, meta);
  const isFile = inodes.isFile(id);
  if (isFile) judgeContent(state, id, meta, difference);
  inodes.setLookedAtIn(walk.number, id);
  if (difference === 'none') {
    inodes.setAccessTime(id, meta.atimeNs);
    return;
  }
  if (isFile) contents.keepMeta(id);
  tree.setMeta(id, meta);
  tree.touchAbove(id);
  walk.differs(id);
  if (!isFile) markStandIns(state, id);
}

/** Whether a look shows that the content may be another, although nobody told. */
function judgeContent(state: PictureState, id: number, meta: EntryMeta, difference: Difference): void {
  const { inodes } = state.tree;
  const isOld = !inodes.isLookedAtIn(state.walk.number, id);
  const isUntold = difference === 'written' && !inodes.isHeard(id);
  if (isUntold || (isOld && !(difference === 'none' && isSettled(state, id, meta)))) state.markWritten(id);
  inodes.setHeard(id, false);
}

/** Shows by its ctime that its content has not changed since it was last known. */
function isSettled({ fsType, contents, walk }: PictureState, id: number, meta: EntryMeta): boolean {
  if (!isReusable(fsType, meta)) return false;
  const content = contents.get(id);
  if (content?.state === 'taken') {
    const { flushedNs } = content;
    return content.meta.ctimeNs === meta.ctimeNs && flushedNs !== null && meta.ctimeNs < flushedNs - doubtNs();
  }
  return walk.settledBeforeNs !== null && meta.ctimeNs < walk.settledBeforeNs;
}

/** What is made up from its folder changed with it. */
function markStandIns({ tree, marks }: PictureState, directory: number): void {
  for (const { child } of tree.childrenOf(directory)) {
    if (!tree.inodes.isStandIn(child)) continue;
    marks.names.add(directory);
    return;
  }
}
