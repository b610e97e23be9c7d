import type { Evidence } from '../../../shared/domain/evidence.ts';
import type { RunId } from '../../../shared/domain/ids.ts';
import { type ConsistencyLevel, isAtLeast } from '../../../shared/domain/level.ts';
import { levelWords } from '../../../shared/domain/level-words.ts';
import type { RunEvent, RunResult, RunWarning } from '../../../shared/domain/run.ts';
import type { SnapshotSummary } from '../../../shared/domain/snapshot.ts';

const maxWarnings = 1000;

/**
 * The result of a run that published its snapshot and was ended before it could say so: from the snapshot and its evidence,
 * as the run itself would have told it. Null as required level: it is not known any more what was asked for.
 */
export function recoveredResult(
  runId: RunId,
  events: readonly RunEvent[],
  { snapshot, evidence }: { readonly snapshot: SnapshotSummary; readonly evidence: Evidence | null },
  requiredLevel: ConsistencyLevel | null,
): RunResult {
  const level = evidence?.level ?? snapshot.level;
  const warnings = [...weaker(level, requiredLevel), ...(evidence === null ? [unreadEvidence] : listed(evidence))];
  const total = evidence === null ? warnings.length : weaker(level, requiredLevel).length + totalOf(evidence);
  const readBack = events.some((event) => event.type === 'phase-finished' && event.phase === 'verify-snapshot');
  return {
    runId,
    outcome: total > 0 ? 'warnings' : 'done',
    snapshotId: snapshot.id,
    level,
    stallMs: evidence?.hold?.stallMs ?? null,
    files: evidence?.files.files ?? 0,
    bytes: evidence?.files.bytes ?? 0,
    newBytes: 0,
    summary: `${level === null ? 'Published' : levelWords[level].label}: the snapshot was published, and Stillpoint was ended before it could say so.${readBack ? '' : ' It was not read back.'}`,
    warnings: warnings.slice(0, maxWarnings),
    warningsTotal: total,
    error: null,
  };
}

const unreadEvidence: RunWarning = {
  code: 'evidence-unread',
  text: 'How still it was cannot be told: its evidence could not be read.',
};

function weaker(level: ConsistencyLevel | null, required: ConsistencyLevel | null): RunWarning[] {
  if (level === null || required === null || isAtLeast(level, required)) return [];
  const text = `Weaker than asked for: "${levelWords[level].label}" instead of "${levelWords[required].label}".`;
  return [{ code: 'weaker-than-required', text }];
}

function listed({ files }: Evidence): RunWarning[] {
  return [
    ...files.torn.map(({ path, reason }) => ({ code: 'torn', text: `changed while being read: ${reason}`, path })),
    ...files.unreadable.map(({ path, reason }) => ({
      code: 'unreadable',
      text: `not in the snapshot: ${reason}`,
      path,
    })),
  ];
}

function totalOf({ files }: Evidence): number {
  return files.tornTotal + files.unreadableTotal;
}
