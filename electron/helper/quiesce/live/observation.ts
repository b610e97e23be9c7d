import { maxListedPaths, type Observation } from '../../../../shared/domain/evidence.ts';
import { nsToInstant } from '../../../../shared/domain/time.ts';
import { countDifferences, type TreeScan } from './sightings.ts';
import type { SuspectFindings } from './writer-watch.ts';

/** A whole-tree scan, and who could have written unseen at its time. */
export interface Look {
  readonly scan: TreeScan;
  readonly writers: SuspectFindings;
}

/** Two looks, one before everything was read and one after, as evidence. */
export function newObservation(first: Look, last: Look, flushed: boolean, granularityNs: bigint): Observation {
  const suspects = new Map(
    [...first.writers.suspects, ...last.writers.suspects].map((each) => [
      `${each.kind} ${each.pid} ${each.path}`,
      each,
    ]),
  );
  const gap = last.writers.gap !== '' ? last.writers.gap : first.writers.gap;
  const newest = first.scan.newestCtimeNs;
  return {
    firstScanStartedAt: nsToInstant(first.scan.startedNs),
    firstScanFinishedAt: first.scan.finishedAt,
    lastScanStartedAt: nsToInstant(last.scan.startedNs),
    lastScanFinishedAt: last.scan.finishedAt,
    flushedBeforeFirstScan: flushed,
    differences: countDifferences(first.scan, last.scan),
    // Before 1970 only by a broken clock; the schema has no such instants, and 1970 is as far in the past.
    newestChangeAt: newest === null ? null : nsToInstant(newest < 0n ? 0n : newest),
    ctimeGranularityMs: Number(first.scan.coarsestDoubtNs ?? granularityNs) / 1e6,
    suspectScanComplete: gap === '',
    suspectScanGap: gap,
    suspects: [...suspects.values()].slice(0, maxListedPaths),
    suspectsTotal: suspects.size,
  };
}

/**
 * The same with files that were called whole where nobody could tell whether they were being changed unseen: a gap that
 * is counted, so that nobody reads more into their level than was seen.
 */
export function withUnseen(observation: Observation, files: number): Observation {
  if (files === 0) return observation;
  const [what, such] = files === 1 ? ['1 file', 'it'] : [`${files} files`, 'them'];
  const gap = `For ${what} it could not be told whether anybody was changing ${such} through memory, or on another machine: such a change need not show, and may be half in what was stored.`;
  return {
    ...observation,
    suspectScanComplete: false,
    suspectScanGap: observation.suspectScanGap === '' ? gap : `${observation.suspectScanGap} ${gap}`,
  };
}
