import type { Evidence } from '../../../shared/domain/evidence.ts';
import type { RunId, SnapshotId } from '../../../shared/domain/ids.ts';
import { isAtLeast } from '../../../shared/domain/level.ts';
import { levelWords } from '../../../shared/domain/level-words.ts';
import type { RunOutcome, RunResult, RunWarning } from '../../../shared/domain/run.ts';
import { type StillpointError, serializeError } from '../../../shared/errors/index.ts';
import type { BackupJob } from './job.ts';

const maxWarnings = 1000;

export function emptyResult(runId: RunId, outcome: RunOutcome, summary: string): RunResult {
  return {
    runId,
    outcome,
    snapshotId: null,
    level: null,
    stallMs: null,
    files: 0,
    bytes: 0,
    newBytes: 0,
    summary,
    warnings: [],
    warningsTotal: 0,
    error: null,
  };
}

/** A run that did not get to its end. Waiting for a disk or a password is not a failure. */
export function endedBy(runId: RunId, error: StillpointError): RunResult {
  const waits = error.kind === 'repository-absent' || error.kind === 'password-needed';
  const outcome: RunOutcome = error.kind === 'cancelled' ? 'cancelled' : waits ? 'waiting' : 'failed';
  return { ...emptyResult(runId, outcome, error.message), error: serializeError(error) };
}

export function backupResult(job: BackupJob, snapshotId: SnapshotId, evidence: Evidence, newBytes: number): RunResult {
  const { files, level, hold, leftOutTotal } = evidence;
  const stuck = evidence.hooks.filter(({ when, ok }) => when === 'thaw' && !ok);
  const weaker = !isAtLeast(level, job.policy.requiredLevel);
  const warnings: RunWarning[] = [
    ...(weaker ? [{ code: 'weaker-than-required', text: weakerText(evidence, job) }] : []),
    ...stuck.map(({ problem }) => ({
      code: 'hook-failed',
      text: `${problem} What it had paused may still be paused.`,
    })),
    ...files.torn.map(({ path, reason }) => ({ code: 'torn', text: `changed while being read: ${reason}`, path })),
    ...files.unreadable.map(({ path, reason }) => ({
      code: 'unreadable',
      text: `not in the snapshot: ${reason}`,
      path,
    })),
  ];
  const total = (weaker ? 1 : 0) + stuck.length + files.tornTotal + files.unreadableTotal;
  return {
    runId: job.runId,
    outcome: total > 0 ? 'warnings' : 'done',
    snapshotId,
    level,
    stallMs: hold?.stallMs ?? null,
    files: files.files,
    bytes: files.bytes,
    newBytes,
    summary: summaryOf(evidence, leftOutTotal),
    warnings: warnings.slice(0, maxWarnings),
    warningsTotal: total,
    error: null,
  };
}

function summaryOf(evidence: Evidence, leftOut: number): string {
  const { level, hold, files } = evidence;
  const how = howStill(level, hold);
  const left = leftOut > 0 ? ` ${leftOut} ${leftOut === 1 ? 'part' : 'parts'} left out.` : '';
  return `${how}: ${files.files} ${files.files === 1 ? 'file' : 'files'} in the snapshot${readInside(evidence)}.${left}`;
}

function howStill(level: Evidence['level'], hold: Evidence['hold']): string {
  const { label } = levelWords[level];
  // A pause that did not earn its level did not hold what is in the snapshot.
  if (hold !== null && level === 'filesystem') return `${label} for ${hold.stallMs.toFixed(1)} ms`;
  return level === 'observed-static' ? `${label} while it was copied` : label;
}

/** What the pause was used for, where most was read before it. Files, not entries of the snapshot: one may be gone since. */
function readInside({ level, hold, tracking }: Evidence): string {
  if (hold === null || tracking === null || level !== 'filesystem') return '';
  const { filesInside } = tracking;
  if (filesInside === 0) return '; none had to be read during the pause';
  return `; ${filesInside} ${filesInside === 1 ? 'was' : 'were'} read during the pause`;
}

function weakerText({ level, levelReason }: Evidence, job: BackupJob): string {
  const { requiredLevel } = job.policy;
  return `Weaker than asked for: "${levelWords[level].label}" instead of "${levelWords[requiredLevel].label}". ${levelReason}`;
}
