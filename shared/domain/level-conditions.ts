import type { LevelEvidence } from './earn-level.ts';
import type { ConsistencyLevel } from './level.ts';
import { instantToNs } from './time.ts';

/** What one condition asks, by a name that words are found for. */
export const conditionNames = [
  'application-confirmed',
  'hold-ended-by-us',
  'all-read-inside',
  'followed-before-hold',
  'drained-inside',
  'open-files-looked-at',
  'writers-looked-for',
  'suspects-settled',
  'no-doubts',
  'one-atomic-snapshot',
  'flushed-into-snapshot',
  'proven-by-oracles',
  'no-differences',
  'flushed-before-first-scan',
  'suspects-looked-for',
  'no-suspects',
  'changes-are-older',
  'no-file-torn',
] as const;
export type ConditionName = (typeof conditionNames)[number];

export interface LevelCondition {
  readonly name: ConditionName;
  readonly isMet: boolean;
}

/** One way to earn a level: all of its conditions, in the order in which they are to be checked. */
export interface LevelRoute {
  readonly level: ConsistencyLevel;
  readonly conditions: readonly LevelCondition[];
}

/**
 * Every way to a level that this evidence speaks of, strongest first; the first whose conditions are all met is the level.
 * It decides nothing, `earnLevel` does: this is the same rule as a list, for whoever wants to go through it. The test of
 * this file holds the two together.
 */
export function levelRoutes(evidence: LevelEvidence): readonly LevelRoute[] {
  const { agreement, atomic, files, hold, observation } = evidence;
  const tracking = evidence.tracking ?? null;
  const whole: LevelCondition = { name: 'no-file-torn', isMet: files.tornTotal === 0 };
  const routes: LevelRoute[] = [];
  const add = (level: ConsistencyLevel, conditions: readonly (readonly [ConditionName, boolean])[]): void => {
    routes.push({ level, conditions: [...conditions.map(([name, isMet]) => ({ name, isMet })), whole] });
  };
  if (agreement !== null) add('application', [['application-confirmed', agreement.confirmed]]);
  if (hold !== null) {
    const stood = ['hold-ended-by-us', hold.thawCause === 'command' && hold.thawConfirmed] as const;
    if (tracking === null || hold.readInside) add('filesystem', [stood, ['all-read-inside', hold.readInside]]);
    if (tracking !== null)
      add('filesystem', [
        stood,
        ['followed-before-hold', instantToNs(tracking.startedAt) < instantToNs(hold.requestedAt)],
        ['drained-inside', tracking.drainedInside],
        ['open-files-looked-at', tracking.restatInside],
        ['writers-looked-for', tracking.writerScanComplete],
        ['suspects-settled', tracking.suspectsSettled === tracking.suspectsTotal],
        ['no-doubts', tracking.doubts.length === 0],
      ]);
  }
  if (atomic !== null) {
    const one = ['one-atomic-snapshot', true] as const;
    add('filesystem', [one, ['flushed-into-snapshot', atomic.flushed], ['proven-by-oracles', atomic.oraclesPassed]]);
    add('crash', [one]);
  }
  if (observation !== null) {
    const granularityNs = BigInt(Math.ceil(observation.ctimeGranularityMs * 1e6));
    const isOlder =
      observation.newestChangeAt === null ||
      instantToNs(observation.newestChangeAt) + granularityNs < instantToNs(observation.firstScanStartedAt);
    add('observed-static', [
      ['no-differences', observation.differences === 0],
      ['flushed-before-first-scan', observation.flushedBeforeFirstScan],
      ['suspects-looked-for', observation.suspectScanComplete],
      ['no-suspects', observation.suspectsTotal === 0],
      ['changes-are-older', isOlder],
    ]);
  }
  add('per-file', []);
  return routes;
}

/** The way by which the level was earned; undefined where files are torn. */
export function earnedRoute(evidence: LevelEvidence): LevelRoute | undefined {
  return levelRoutes(evidence).find(({ conditions }) => conditions.every(({ isMet }) => isMet));
}
