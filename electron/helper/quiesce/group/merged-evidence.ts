import { type Hold, maxListedPaths, type Tracking } from '../../../../shared/domain/evidence.ts';
import { instantToNs } from '../../../../shared/domain/time.ts';

/**
 * One hold of several filesystems, told as what all of them had in common: from the last freeze in force to the first thaw
 * asked for. The stall is the longest that anybody's writers waited.
 */
export function mergedHold(holds: readonly [Hold, ...Hold[]], filesInside: number, bytesInside: number): Hold {
  const all = (of: (hold: Hold) => string): string[] => holds.map(of).toSorted(byTime);
  const first = (of: (hold: Hold) => string): string => all(of)[0] ?? of(holds[0]);
  const last = (of: (hold: Hold) => string): string => all(of).at(-1) ?? of(holds[0]);
  return {
    requestedAt: first(({ requestedAt }) => requestedAt),
    frozenAt: last(({ frozenAt }) => frozenAt),
    thawRequestedAt: first(({ thawRequestedAt }) => thawRequestedAt),
    thawedAt: last(({ thawedAt }) => thawedAt),
    stallMs: Math.max(...holds.map(({ stallMs }) => stallMs)),
    leaseMs: Math.min(...holds.map(({ leaseMs }) => leaseMs)),
    thawCause: holds.find(({ thawCause }) => thawCause !== 'command')?.thawCause ?? 'command',
    thawConfirmed: holds.every(({ thawConfirmed }) => thawConfirmed),
    readInside: false,
    filesInside,
    bytesInside,
  };
}

/** What was tracked of all members: anything that is missing of one is missing of the whole. */
export function mergedTracking(parts: readonly [Tracking, ...Tracking[]], continuedFrom: string | null): Tracking {
  const sum = (of: (part: Tracking) => number): number => parts.reduce((all, part) => all + of(part), 0);
  const suspects = parts.flatMap((part) => part.suspects);
  return {
    kind: 'fanotify',
    startedAt:
      parts
        .map(({ startedAt }) => startedAt)
        .toSorted(byTime)
        .at(-1) ?? parts[0].startedAt,
    continuedFrom,
    gaps: sum(({ gaps }) => gaps),
    passes: parts.flatMap(({ passes }) => passes).slice(0, 50),
    drainedInside: parts.every(({ drainedInside }) => drainedInside),
    foldersInside: sum(({ foldersInside }) => foldersInside),
    filesInside: sum(({ filesInside }) => filesInside),
    bytesInside: sum(({ bytesInside }) => bytesInside),
    openForWriting: sum(({ openForWriting }) => openForWriting),
    restatInside: parts.every(({ restatInside }) => restatInside),
    writerScanComplete: parts.every(({ writerScanComplete }) => writerScanComplete),
    writerScanGap: [...new Set(parts.map(({ writerScanGap }) => writerScanGap))].filter((gap) => gap !== '').join(' '),
    suspects: suspects.slice(0, maxListedPaths),
    suspectsTotal: sum(({ suspectsTotal }) => suspectsTotal),
    suspectsSettled: sum(({ suspectsSettled }) => suspectsSettled),
    hotFiles: sum(({ hotFiles }) => hotFiles),
    retries: parts[0].retries,
    doubts: parts.flatMap(({ doubts }) => doubts).slice(0, 20),
  };
}

function byTime(a: string, b: string): number {
  const [first, second] = [instantToNs(a), instantToNs(b)];
  return first < second ? -1 : first > second ? 1 : 0;
}
