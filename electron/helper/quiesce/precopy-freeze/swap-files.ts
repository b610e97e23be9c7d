import { kernelWriters } from '../../system/kernel-writers.ts';
import type { Picture } from '../picture/contract.ts';
import { notesOf } from './kept-notes.ts';
import type { Looker } from './looker.ts';

/**
 * Inode numbers of swap files in use, which are listed as left out: a folder in which one began, or may have ended, to be one
 * is listed again.
 */
export function lookForSwap(
  picture: Picture,
  looker: Pick<Looker, 'parentKey'>,
  deviceId: bigint,
): ReadonlySet<bigint> {
  for (const folder of notesOf(picture).takeSwapFolders()) picture.names(folder);
  const swap = kernelWriters().writers.filter((each) => each.how === 'swap' && each.deviceId === deviceId);
  const inodes = new Set(swap.map(({ inode }) => inode));
  for (const inode of inodes)
    for (const key of picture.keysOfInode(inode)) {
      const parent = looker.parentKey(picture.file(key)?.path() ?? null);
      if (parent !== undefined) picture.names(parent);
    }
  return inodes;
}
