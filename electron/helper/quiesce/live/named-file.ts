import type { TreeEntry } from '../../sources/filesystem/tree.ts';
import type { NamedFile } from '../contract.ts';
import { isSettledBefore, type WholeReadOptions } from './read-whole.ts';

/** Larger ones are worth the care of `readWhole`: they are looked at in between, and told of as they are read. */
const largest = 4 * 1024 * 1024;
/** A hole in a file that is shorter than this is stored as the zeros it reads as, by whoever takes it in. */
const worthLookingForHoles = 256 * 1024;

/**
 * A file of which the look at its folder says all that matters, as nearly all are. It is one version when it still looks so
 * after it was read and nobody had it open for writing before: the ctime that it bore at both looks is from before the flush,
 * by as long as a store can be under way, so no store through memory can have left it unmoved; nobody who might have begun a
 * write before was there; and a write that began later moved it.
 */
export function namedFile(
  { name, stat }: TreeEntry,
  directory: number,
  { flushedAtNs, tickNs, tracesMappedWrites, probeSeesEveryWriter, isRemote }: WholeReadOptions,
): NamedFile | undefined {
  if (flushedAtNs === null || !tracesMappedWrites || !probeSeesEveryWriter || isRemote) return undefined;
  if (!isSettledBefore(stat, flushedAtNs, tickNs)) return undefined;
  const size = Number(stat.size);
  if (size > largest || (size >= worthLookingForHoles && Number(stat.blocks) * 512 < size)) return undefined;
  return { directory, name, size, inode: stat.inode, mtimeNs: stat.mtimeNs, ctimeNs: stat.ctimeNs };
}
