import type { FilesystemFacts } from '../../sources/filesystem/facts.ts';
import type { Picture, PictureCounts } from '../picture/contract.ts';
import type { ChangeTracker } from '../tracking/contract.ts';

/** A source's picture and the tracker that keeps it true, lent to one run at a time. */
export interface JournalLoan extends Disposable {
  readonly tracker: ChangeTracker;
  readonly picture: Picture;
  /** Why everything is looked at again, for people; null when the picture was kept true since an earlier run. */
  readonly startedAnew: string | null;
  /** A whole walk is due although the picture seems true: to check it. Differences found are told to `verified`. */
  readonly isVerificationDue: boolean;
  verified(differences: number): void;
  /**
   * In place of the walk that is due: marks in the picture what the filesystem itself says changed since it was last asked,
   * told or not. For use after a flush; what was changed before that is found. False where it cannot tell, or where it is
   * the turn of a walk: then that is still due.
   */
  verifyByGenerations(): Promise<boolean>;
  /**
   * The picture is as true as it was: it is kept, and kept true, from the end of the loan until the next one. Without this it
   * is dropped.
   */
  keep(): void;
}

/**
 * Pictures kept true between runs, so that a run looks only at what changed. One for each source and set of rules, for as
 * long as the helper lives; the kernel's queues are emptied now and then by itself. Bounded: the picture used least
 * recently goes when there are too many entries.
 */
export interface Journal extends AsyncDisposable {
  /**
   * Throws `freeze-refused` where changes cannot be tracked. `rootFd` is open on the source's root. While the picture of this
   * source is lent already, another begins from nothing.
   */
  lend(facts: FilesystemFacts, rootFd: number): JournalLoan;
  /**
   * What a picture counts as last looked at: nothing is missing of that, and what was told since is not counted yet. For
   * totals and estimates. Undefined where there is none, or where changes may have been missed.
   */
  countsOf(source: Pick<FilesystemFacts, 'spec' | 'deviceId' | 'inode'>): PictureCounts | undefined;
}
