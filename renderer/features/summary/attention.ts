import type { RunId, SourceId } from '../../../shared/domain/ids.ts';
import { isAtLeast } from '../../../shared/domain/level.ts';
import type { IpcResult } from '../../../shared/ipc/contract.ts';
import type { SourceView } from '../../../shared/ipc/sources.ts';
import type { Lane, SnapshotMark } from '../../../shared/ipc/timeline.ts';

type Repository = IpcResult<'repositories.list'>[number];

/** One thing that needs attention. Successes are never in this list, nor failures that a later success made good. */
export type Attention = { readonly key: string; readonly name: string; readonly severe: boolean } & (
  | {
      readonly kind: 'torn';
      readonly laneKey: string;
      readonly mark: SnapshotMark;
      readonly since: number;
      readonly times: number;
    }
  | { readonly kind: 'weaker'; readonly laneKey: string; readonly mark: SnapshotMark; readonly since: number }
  | {
      readonly kind: 'failed' | 'interrupted' | 'missed';
      readonly at: number;
      readonly runId: RunId;
      readonly sourceId: SourceId;
      readonly text: string;
    }
  | { readonly kind: 'health'; readonly sourceId: SourceId; readonly why: string }
  | {
      readonly kind: 'password' | 'absent' | 'other' | 'readOnly' | 'lowSpace' | 'sameDisk';
      readonly repository: Repository;
    }
);

const lowSpaceShare = 0.05;
const lowSpaceBytes = 5 * 1024 ** 3;

export function attentionOf(
  sources: readonly SourceView[],
  lanes: readonly Lane[],
  repositories: readonly Repository[],
): Attention[] {
  const found: Attention[] = [];
  for (const source of sources) {
    const lane = lanes.find(({ sourceId }) => sourceId === source.id);
    const own = [...(lane === undefined ? [] : laneTrouble(source, lane))];
    if (own.length === 0 && (source.health === 'late' || source.health === 'failed')) {
      own.push({
        kind: 'health',
        key: `health ${source.id}`,
        name: source.name,
        severe: source.health === 'failed',
        sourceId: source.id,
        why: source.healthText,
      });
    }
    found.push(...own);
  }
  for (const repository of repositories) found.push(...repositoryTrouble(repository));
  return found.sort((a, b) => Number(b.severe) - Number(a.severe));
}

function laneTrouble(source: SourceView, lane: Lane): Attention[] {
  const found: Attention[] = [];
  const backups = lane.snapshots.filter(({ kind }) => kind === 'backup');
  const last = backups.at(-1);
  const failure = lane.failures.at(-1);
  const common = { name: source.name };
  if (
    failure !== undefined &&
    failure.outcome !== 'cancelled' &&
    failure.at > (last?.time ?? Number.NEGATIVE_INFINITY)
  ) {
    const kind =
      failure.outcome === 'waiting' ? 'missed' : failure.outcome === 'interrupted' ? 'interrupted' : 'failed';
    found.push({
      ...common,
      kind,
      key: `run ${failure.runId}`,
      severe: kind === 'failed',
      at: failure.at,
      runId: failure.runId,
      sourceId: source.id,
      text: failure.text,
    });
  }
  if (last?.level === 'torn') {
    const firstGood = backups.findLastIndex(({ level }) => level !== 'torn');
    const first = backups[firstGood + 1] ?? last;
    found.push({
      ...common,
      kind: 'torn',
      key: `torn ${lane.key}`,
      severe: false,
      laneKey: lane.key,
      mark: last,
      since: first.time,
      times: backups.length - firstGood - 1,
    });
  } else if (last !== undefined && (last.level === null || !isAtLeast(last.level, source.policy.requiredLevel))) {
    found.push({
      ...common,
      kind: 'weaker',
      key: `weaker ${lane.key}`,
      severe: false,
      laneKey: lane.key,
      mark: last,
      since: last.time,
    });
  }
  return found;
}

function repositoryTrouble(repository: Repository): Attention[] {
  const found: Attention[] = [];
  const add = (kind: 'password' | 'absent' | 'other' | 'readOnly' | 'lowSpace' | 'sameDisk', severe: boolean): void => {
    found.push({ kind, key: `${kind} ${repository.id}`, name: repository.name, severe, repository });
  };
  if (repository.state === 'password-needed') add('password', false);
  if (repository.state === 'waiting') add('absent', false);
  if (repository.state === 'other') add('other', true);
  if (repository.state === 'read-only') add('readOnly', true);
  const { freeBytes, totalBytes } = repository;
  if (freeBytes !== null && totalBytes !== null && freeBytes < Math.min(lowSpaceBytes, totalBytes * lowSpaceShare)) {
    add('lowSpace', true);
  }
  if (repository.sameDiskSources.length > 0) add('sameDisk', false);
  return found;
}
