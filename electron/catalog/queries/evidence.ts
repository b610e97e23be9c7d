import { earnLevel } from '../../../shared/domain/earn-level.ts';
import type { Evidence } from '../../../shared/domain/evidence.ts';
import type { RepositoryId, SnapshotId } from '../../../shared/domain/ids.ts';
import { type ConsistencyLevel, weaker } from '../../../shared/domain/level.ts';
import { exactMs } from './exact-ms.ts';
import type { SnapshotKey } from './snapshots.ts';
import type { Statements } from './statements.ts';

export function withoutEvidence(db: Statements, repositoryId: RepositoryId, limit: number): SnapshotId[] {
  return db
    .all(
      `SELECT snapshot_id FROM snapshots WHERE repository_id = :repositoryId AND evidence_state = 0
       ORDER BY time_ms DESC LIMIT :limit`,
      { repositoryId, limit },
    )
    .map(({ snapshot_id }) => snapshot_id as SnapshotId);
}

export function putEvidence(db: Statements, key: SnapshotKey, evidence: Evidence | null): void {
  const still = evidence ? staticBandOf(evidence) : null;
  db.run(
    `UPDATE snapshots SET
      evidence_state = :state, evidence = :evidence, level = :level, method = coalesce(:method, method),
      stall_ms = coalesce(:stallMs, stall_ms), frozen_ms = :frozenMs, thawed_ms = :thawedMs,
      asked_ms = coalesce(asked_ms, :askedMs), static_from = :from, static_to = :to, filesystem = :filesystem,
      files = coalesce(files, :files), bytes = coalesce(bytes, :bytes), source_name = coalesce(:sourceName, source_name)
    WHERE repository_id = :repositoryId AND snapshot_id = :snapshotId`,
    {
      repositoryId: key.repositoryId,
      snapshotId: key.snapshotId,
      state: evidence ? 1 : 2,
      evidence: evidence ? JSON.stringify(evidence) : null,
      level: evidence ? shownLevel(evidence) : null,
      method: evidence?.method ?? null,
      stallMs: evidence?.hold?.stallMs ?? null,
      frozenMs: evidence?.hold ? exactMs(evidence.hold.requestedAt) : null,
      thawedMs: evidence?.hold ? exactMs(evidence.hold.thawedAt) : null,
      askedMs: evidence ? exactMs(evidence.askedAt) : null,
      from: still?.from ?? null,
      to: still?.to ?? null,
      files: evidence?.files.files ?? null,
      bytes: evidence?.files.bytes ?? null,
      sourceName: evidence?.sourceName ?? null,
      filesystem: evidence?.machine.filesystem ?? '',
    },
  );
}

/** What was claimed, or less where the evidence earns less. Evidence that is missing earns nothing. */
export function shownLevel(evidence: Evidence): ConsistencyLevel {
  return weaker(evidence.level, earnLevel(evidence).level);
}

/** From the first look to the last, when these alone show that nothing was written between them. */
export function staticBandOf(evidence: Evidence): { from: number; to: number } | null {
  if (!evidence.observation) return null;
  const { level } = earnLevel({ ...evidence, hold: null, agreement: null, atomic: null });
  if (level !== 'observed-static') return null;
  return {
    from: exactMs(evidence.observation.firstScanStartedAt),
    to: exactMs(evidence.observation.lastScanFinishedAt),
  };
}
