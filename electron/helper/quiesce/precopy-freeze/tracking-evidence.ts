import { maxListedPaths, type Suspect, type Tracking } from '../../../../shared/domain/evidence.ts';
import { nsToInstant } from '../../../../shared/domain/time.ts';
import type { ChangeTracker } from '../tracking/contract.ts';
import type { AfterThaw } from './after-thaw.ts';
import type { SourceHold } from './source-hold.ts';

const mostSentences = 20;
const mostPasses = 50;

/** What shows that content which was read before the hold was still the same within it. */
export function trackingEvidence(
  source: SourceHold,
  tracker: Pick<ChangeTracker, 'startedNs'>,
  after: AfterThaw,
  retries: readonly string[],
): Tracking {
  const { taken, writers, passes } = source;
  const before: Suspect[] = [...writers.suspects.values()].flat();
  const suspects = [...before, ...after.suspects];
  return {
    kind: 'fanotify',
    startedAt: nsToInstant(tracker.startedNs),
    continuedFrom: source.base?.id ?? null,
    gaps: passes.gaps,
    passes: passes.passes.slice(0, mostPasses),
    drainedInside: true,
    foldersInside: taken.folders,
    filesInside: taken.files,
    bytesInside: taken.bytes,
    openForWriting: writers.files.size,
    restatInside: true,
    writerScanComplete: after.gap === '',
    writerScanGap: after.gap,
    suspects: suspects.slice(0, maxListedPaths),
    suspectsTotal: suspects.length,
    // Those known before were read inside, or shown to be untouched there; of the others only the doubts know.
    suspectsSettled: before.length + (after.doubted.length === 0 ? after.suspects.length : 0),
    hotFiles: source.hotFiles,
    retries: retries.slice(0, mostSentences),
    doubts: after.doubts.slice(0, mostSentences),
  };
}
