import type { EntryMeta } from '../contract.ts';
import type { PictureContent, PictureVersion } from '../picture/contract.ts';

/**
 * How somebody who has a file open may change it.
 * `open`: it has a descriptor, and no mapping when one looked. It may have had one before, and may make one at any time.
 * `mapped`: it has it mapped, or nobody knows. Stores into a page that is dirty already move nothing and are told of nowhere.
 * `later`: a write goes on by itself after its ctime was moved, and its end is told late or never (libaio, io_uring, a loop
 * device). So may any through a descriptor that writes past memory, whoever began it.
 */
export type WriterSight = 'open' | 'mapped' | 'later';

/** Weakest first: what one who may do several things is judged by. */
export function worseSight(a: WriterSight | undefined, b: WriterSight): WriterSight {
  const order: readonly (WriterSight | undefined)[] = [undefined, 'open', 'mapped', 'later'];
  return order.indexOf(a) > order.indexOf(b) ? (a ?? b) : b;
}

/** No write that was begun longer ago is still under way: disks are given up sooner. */
const longestWriteNs = 300_000_000_000n;
/**
 * A first store into a clean page of a mapping stamps the file, and only then makes the page dirty. In between it may wait
 * for the disk (for an extent that is being written on btrfs, for the journal elsewhere), and a flush that begins and ends
 * meanwhile does not see that page: measured up to 32 ms before the start of the flush. Only a freeze waits for such stores.
 */
export const longestFaultNs = 1_000_000_000n;

export interface SettledBy {
  /** What the look showed whose ctime is judged. */
  readonly meta: Pick<EntryMeta, 'ctimeNs'>;
  readonly content: PictureContent;
  /** What `same` refers to. */
  readonly base: Pick<PictureVersion, 'flushedNs'> | null;
  /** It was read after the look that `sight` is of: who had it mapped before counts for nothing. Default false. */
  readonly isReadAfterLook?: boolean;
}

const secondNs = 1_000_000_000n;
/** The clock that stamps files may go back by microseconds while its rate is corrected. */
const leastStepNs = 1_000_000n;

/**
 * How much younger than it seems a change with this ctime may be, ns: what its filesystem drops. That is a power of ten which
 * divides every ctime there (1 ns on ext4, xfs, btrfs and f2fs, 100 ns on NTFS, 1 us on UDF, 10 ms on exFAT, 1 s on old
 * formats; 2 s on FAT, which only keeps whole seconds), so the largest that divides this one is never too small.
 */
export function droppedNs(ctimeNs: bigint): bigint {
  if (ctimeNs % secondNs === 0n) return 2n * secondNs;
  let step = 1n;
  while (ctimeNs % (step * 10n) === 0n) step *= 10n;
  return step > leastStepNs ? step : leastStepNs;
}

/**
 * Whether content that was read before is still what the file holds, although somebody has it open for writing.
 *
 * Its ctime must be that of the reading, and older than the start of a flush that was complete before the reading began: a
 * flush makes the next store into any page move the ctime. Where writes end unnoticed it must be older than any of them can
 * last, and where it is mapped, or may have been when it was read, than any first store into a page can last. That a file
 * is not mapped when one looks says nothing of the moment it was read, if that was before.
 *
 * No tick of a clock is allowed for, and none has to be: the start of a flush is told by the very clock that stamps files
 * (`coarseClockNs`), which is one for all processors. A store after the flush began bears that start or more, less
 * `droppedNs`. What bears less was begun before, however shortly. A start taken from another clock has its doubt subtracted
 * already (the freeze of the version before), and a freeze waits for stores under way before it flushes.
 */
export function isSettled(sight: WriterSight, { meta, content, base, isReadAfterLook = false }: SettledBy): boolean {
  const { ctimeNs } = meta;
  const isBefore = (instantNs: bigint | null): boolean =>
    instantNs !== null && ctimeNs + droppedNs(ctimeNs) < instantNs;
  const isLongBefore = (instantNs: bigint | null): boolean =>
    isBefore(instantNs) && (sight !== 'later' || isBefore((instantNs ?? 0n) - longestWriteNs));
  const mayBeFaulting = sight !== 'open' || !isReadAfterLook;
  const flushedBy = (startNs: bigint | null): bigint | null =>
    startNs === null || !mayBeFaulting ? startNs : startNs - longestFaultNs;
  switch (content.state) {
    case 'inside':
    // Nothing is claimed for it.
    case 'unreadable':
      return true;
    case 'wanted':
      return false;
    case 'same':
      return isLongBefore(base?.flushedNs ?? null);
    case 'taken':
      return content.meta.ctimeNs === ctimeNs && isLongBefore(flushedBy(content.flushedNs));
  }
}
