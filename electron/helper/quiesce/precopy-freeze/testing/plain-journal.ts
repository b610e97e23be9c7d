import { plainFileOps } from '../../../system/file-ops.ts';
import { statxDescriptor } from '../../../system/statx.ts';
import type { Journal } from '../../journal/contract.ts';
import { createPicture, type Picture } from '../../picture/index.ts';
import { type ChangeTracker, createTrackers } from '../../tracking/index.ts';
import { entryMeta } from '../../view/entry-meta.ts';

export interface PlainJournal extends Journal {
  /** What differences verifications found, in order. */
  readonly verified: readonly number[];
  /** The next loan is to be verified. */
  verifyNext(): void;
  /** As if changes had been missed, on every picture there is. */
  doubtAll(reason: string): void;
}

/** A journal without a clock: pictures are kept by location, and only runs drain. */
export function plainJournal(): PlainJournal {
  const trackers = createTrackers();
  const kept = new Map<string, { readonly tracker: ChangeTracker; readonly picture: Picture }>();
  const verified: number[] = [];
  let isVerificationDue = false;
  return {
    verified,
    verifyNext: () => {
      isVerificationDue = true;
    },
    doubtAll: (reason) => {
      for (const { picture } of kept.values()) picture.doubt(reason);
    },
    lend: (facts, rootFd) => {
      const known = kept.get(facts.location);
      const entry = known ?? newEntry(facts.filesystem, rootFd);
      kept.delete(facts.location);
      let isKept = false;
      const isDue = isVerificationDue;
      isVerificationDue = false;
      return {
        ...entry,
        startedAnew: known === undefined ? 'Changes are followed from now on.' : null,
        isVerificationDue: isDue,
        verified: (differences) => void verified.push(differences),
        verifyByGenerations: async () => false,
        keep: () => {
          isKept = true;
        },
        [Symbol.dispose]: () => {
          if (isKept) kept.set(facts.location, entry);
          else entry.tracker[Symbol.dispose]();
        },
      };
    },
    countsOf: () => undefined,
    [Symbol.asyncDispose]: async () => {
      for (const { tracker } of kept.values()) tracker[Symbol.dispose]();
      kept.clear();
    },
  };

  function newEntry(fsType: string, rootFd: number): { tracker: ChangeTracker; picture: Picture } {
    const tracker = trackers.track(rootFd);
    const meta = entryMeta(
      plainFileOps.run(() => statxDescriptor(rootFd)),
      { linkTarget: null, xattrs: [] },
    );
    const picture = createPicture({ key: tracker.keyOf(rootFd), meta, isStandIn: false }, { fsType });
    tracker.subscribe(picture);
    return { tracker, picture };
  }
}
