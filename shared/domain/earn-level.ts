import type { Evidence } from './evidence.ts';
import type { ConsistencyLevel } from './level.ts';
import { instantToNs } from './time.ts';

export interface EarnedLevel {
  readonly level: ConsistencyLevel;
  /** One sentence for people: what the level rests on. */
  readonly reason: string;
}

export type LevelEvidence = Pick<Evidence, 'hold' | 'observation' | 'agreement' | 'atomic' | 'files'> &
  Partial<Pick<Evidence, 'tracking'>>;

/**
 * The level that evidence earns; the only place where a level is decided. Missing or doubtful evidence lowers it.
 * Levels are tried from the strongest down and each names everything it needs. `level-conditions.ts` has the same as a list.
 */
export function earnLevel(evidence: LevelEvidence): EarnedLevel {
  const { agreement, atomic, files } = evidence;
  if (files.tornTotal > 0) {
    return { level: 'torn', reason: `${countFiles(files.tornTotal)} changed while being read.` };
  }
  if (agreement?.confirmed) {
    return {
      level: 'application',
      reason: `${agreement.application} made this moment consistent (${agreement.position}).`,
    };
  }
  if (heldThroughout(evidence)) {
    return {
      level: 'filesystem',
      reason: 'Everything was read while the filesystem was frozen, with everything flushed.',
    };
  }
  if (unchangedUntilHeld(evidence)) {
    return {
      level: 'filesystem',
      reason:
        'The filesystem was frozen, and whatever was not read within was shown to be unchanged since it was read.',
    };
  }
  if (atomic) {
    return atomic.flushed && atomic.oraclesPassed
      ? { level: 'filesystem', reason: `One ${atomic.kind} snapshot, with everything flushed into it.` }
      : { level: 'crash', reason: `One ${atomic.kind} snapshot, without proof that everything was flushed into it.` };
  }
  if (nothingWritten(evidence)) {
    return {
      level: 'observed-static',
      reason: 'Nothing was held, and nothing was written from the first look to the last.',
    };
  }
  return {
    level: 'per-file',
    reason: 'Every file was unchanged while it was read, but files are from different moments.',
  };
}

function heldThroughout(evidence: LevelEvidence): boolean {
  return wasHeld(evidence) && evidence.hold?.readInside === true;
}

/** The hold stood until we ended it. */
function wasHeld({ hold }: LevelEvidence): boolean {
  return hold !== null && hold.thawCause === 'command' && hold.thawConfirmed;
}

/** What was read before the hold is what was there within it: every way to change it was watched, and looked at inside. */
function unchangedUntilHeld(evidence: LevelEvidence): boolean {
  const { hold } = evidence;
  const tracking = evidence.tracking ?? null;
  if (hold === null || tracking === null || !wasHeld(evidence)) return false;
  const startedInTime = instantToNs(tracking.startedAt) < instantToNs(hold.requestedAt);
  const looked = tracking.drainedInside && tracking.restatInside && tracking.writerScanComplete;
  return startedInTime && looked && tracking.suspectsSettled === tracking.suspectsTotal && tracking.doubts.length === 0;
}

function nothingWritten({ observation }: LevelEvidence): boolean {
  if (observation === null) return false;
  const { differences, flushedBeforeFirstScan, suspectScanComplete, suspectsTotal } = observation;
  if (differences > 0 || suspectsTotal > 0 || !suspectScanComplete || !flushedBeforeFirstScan) return false;
  if (observation.newestChangeAt === null) return true;
  const granularityNs = BigInt(Math.ceil(observation.ctimeGranularityMs * 1e6));
  return instantToNs(observation.newestChangeAt) + granularityNs < instantToNs(observation.firstScanStartedAt);
}

function countFiles(count: number): string {
  return count === 1 ? '1 file' : `${count} files`;
}
