import type { EntryMeta } from '../contract.ts';
import { granularityOf, isWholeSecond } from '../ctime/granularity.ts';
import type { PictureContent, PictureVersion } from '../picture/contract.ts';

/**
 * How somebody who has a file open may change it.
 * `told`: every write moves the ctime when it begins and is told when it ends, though perhaps a little late.
 * `mapped`: stores into a page of a shared mapping that is dirty already move nothing and are told of nowhere.
 * `later`: a write goes on by itself after its ctime was moved, and its end is told late or never (libaio, io_uring, a loop
 * device).
 */
export type WriterSight = 'told' | 'mapped' | 'later';

/** Weakest first: what one who may do several things is judged by. */
export function worseSight(a: WriterSight | undefined, b: WriterSight): WriterSight {
  const order: readonly (WriterSight | undefined)[] = [undefined, 'told', 'mapped', 'later'];
  return order.indexOf(a) > order.indexOf(b) ? (a ?? b) : b;
}

/** No write that was begun longer ago is still under way: disks are given up sooner. */
const longestWriteNs = 300_000_000_000n;

export interface SettledBy {
  /** What the look showed whose ctime is judged. */
  readonly meta: Pick<EntryMeta, 'ctimeNs'>;
  readonly content: PictureContent;
  /** What `same` refers to. */
  readonly base: Pick<PictureVersion, 'flushedNs'> | null;
  /** How much later a change may have been made without moving a ctime. */
  readonly tickNs: bigint;
  /** A change after a look always bears another ctime; see fine-ctimes.ts. */
  readonly isFine: boolean;
}

/**
 * Whether content that was read before is still what the file holds, although somebody has it open for writing.
 *
 * Its ctime must be that of the reading, and so old that a change after the reading had begun would bear another. Where
 * pages are mapped it must be older than the start of a flush that was complete before the reading began: a flush makes the
 * next store into any page move the ctime. Where writes end unnoticed it must be older than any of them can last.
 */
export function isSettled(sight: WriterSight, { meta, content, base, tickNs, isFine }: SettledBy): boolean {
  const { ctimeNs } = meta;
  // What was looked at, then read, and bears the same ctime still: a write that began before the look is told when it ends.
  const isJudgedByLook = sight === 'told' && isFine && !isWholeSecond(ctimeNs);
  const isBefore = (instantNs: bigint | null): boolean =>
    instantNs !== null && ctimeNs + granularityOf(ctimeNs, tickNs) < instantNs;
  const isLongBefore = (instantNs: bigint | null): boolean =>
    isBefore(instantNs) && (sight !== 'later' || isBefore((instantNs ?? 0n) - longestWriteNs));
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
      if (content.meta.ctimeNs !== ctimeNs) return false;
      return isJudgedByLook || isLongBefore(sight === 'told' ? content.readFromNs : content.flushedNs);
  }
}
