import { plainFileOps } from '../../system/file-ops.ts';
import { statxDescriptor } from '../../system/statx.ts';
import type { Journal } from '../journal/contract.ts';
import { createPicture, type Picture } from '../picture/index.ts';
import { type ChangeTracker, createTrackers } from '../tracking/index.ts';
import { entryMeta } from '../view/entry-meta.ts';

export interface LeakyJournal extends Journal {
  /** What has been told up to now is lost, as when the kernel's queue is too full; `isTold`: that it was is known. */
  lose(isTold: boolean): void;
}

/** A journal of one picture, kept from run to run, that can lose what happened between two. */
export function leakyJournal(): LeakyJournal {
  const trackers = createTrackers();
  let kept: { readonly tracker: ChangeTracker; readonly picture: Picture } | undefined;
  let isLosing = false;
  return {
    lend: (facts, rootFd) => {
      const startedAnew = kept === undefined ? 'Changes are followed from now on.' : null;
      kept ??= begin(facts.filesystem, rootFd);
      return {
        ...kept,
        startedAnew,
        isVerificationDue: false,
        verified: () => {},
        verifyByGenerations: async () => false,
        keep: () => {},
        [Symbol.dispose]: () => {},
      };
    },
    lose: (isTold) => {
      isLosing = true;
      kept?.tracker.drain();
      isLosing = false;
      if (isTold) kept?.picture.doubt('The queue of changes was full.');
    },
    countsOf: () => undefined,
    [Symbol.asyncDispose]: async () => kept?.tracker[Symbol.dispose](),
  };

  function begin(fsType: string, rootFd: number): { tracker: ChangeTracker; picture: Picture } {
    const tracker = trackers.track(rootFd);
    const stat = plainFileOps.run(() => statxDescriptor(rootFd));
    const meta = entryMeta(stat, { linkTarget: null, xattrs: [] });
    const picture = createPicture({ key: tracker.keyOf(rootFd), meta, isStandIn: false }, { fsType });
    const unlessLost =
      <Args extends readonly unknown[]>(tell: (...args: Args) => void) =>
      (...args: Args): void => {
        if (!isLosing) tell(...args);
      };
    tracker.subscribe({
      content: unlessLost((key) => picture.content(key)),
      metadata: unlessLost((key) => picture.metadata(key)),
      names: unlessLost((key) => picture.names(key)),
      doubt: (reason) => picture.doubt(reason),
    });
    return { tracker, picture };
  }
}
