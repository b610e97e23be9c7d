import { noCare } from '../../../../../shared/domain/care.ts';
import type { ConsistencyLevel } from '../../../../../shared/domain/level.ts';
import type { RunOutcome } from '../../../../../shared/domain/run.ts';
import { type ErrorKind, StillpointError, serializeError } from '../../../../../shared/errors/index.ts';
import type { RunView } from '../../../../../shared/ipc/runs.ts';
import type { SourceView } from '../../../../../shared/ipc/sources.ts';
import type { SnapshotMark } from '../../../../../shared/ipc/timeline.ts';
import { photosId, repository, repositoryId, runId, snapshotId, sources } from '../../../testing/world-data.ts';
import { newRun } from '../../fold-run.ts';
import type { RepositoryView } from '../../views.ts';
import type { NoticeFacts } from '../notices-for.ts';

const [photos, documents] = sources;
if (!photos || !documents) throw new Error('the world has two sources');

export const now = Date.parse('2025-11-20T12:00:00Z');
const hour = 3_600_000;
export const day = 24 * hour;
export const gib = 1024 ** 3;

export function mark(n: number, at: number, level: ConsistencyLevel): SnapshotMark {
  return {
    ...{ id: snapshotId(n), repositoryId, runId: runId(n), time: at, askedAt: at, level, method: 'live' },
    ...{ stallMs: null, frozenAt: null, thawedAt: null, kind: 'backup', pinned: false, verified: true },
    ...{ files: 1, bytes: 1, newBytes: 1 },
  };
}

const good = mark(1, now - 3 * day, 'filesystem');
export const safe: SourceView = {
  ...photos,
  ...{ health: 'safe', healthText: '', last: good, lastGood: good, runningRunId: null },
  ...{ nextRunAt: now + hour, heldBack: '', lateSince: null, notes: [] },
};
export const late = { health: 'late', lateSince: now - day } as const;
export const other: SourceView = { ...safe, id: documents.id, name: 'Documents', lastGood: null, last: null };

export const disk: RepositoryView = {
  ...repository,
  ...{ passwordRemembered: false, snapshots: 1, growthPerDay: null, fullAt: null },
  ...{ credentialsRefused: false, passwordKnown: true, care: noCare },
};

export function run(outcome: RunOutcome, kind?: ErrorKind, message = 'It broke.'): RunView {
  const askedAt = '2025-11-20T11:00:00Z';
  const asked = { runId: runId(2), kind: 'backup', title: 'Back up Photos', sourceId: photosId, repositoryId } as const;
  const error = kind && serializeError(new StillpointError({ kind, message, guidance: 'Mend it.' }));
  return {
    ...newRun({ ...asked, askedAt, trigger: 'schedule' }),
    ...{ outcome, finishedAt: '2025-11-20T11:05:00Z', summary: 'Held still for 11.8 ms.', error: error ?? null },
  };
}

export const nothing: NoticeFacts = {
  sources: [safe],
  repositories: [disk],
  latestBackups: [],
  unplug: [],
  pausedUntil: null,
  mayCatchUp: new Set(),
  successes: [],
  lackingConsent: new Set(),
  problem: '',
  now,
};
