import type { RunId, SourceId } from '../../../shared/domain/ids.ts';
import { warnDaysAhead } from '../../../shared/domain/keep/growth.ts';
import { isAtLeast } from '../../../shared/domain/level.ts';
import { isLowSpace } from '../../../shared/domain/low-space.ts';
import type { RunWarning } from '../../../shared/domain/run.ts';
import type { IpcResult } from '../../../shared/ipc/contract.ts';
import type { RunView } from '../../../shared/ipc/runs.ts';
import type { SourceView } from '../../../shared/ipc/sources.ts';
import type { Lane, SnapshotMark } from '../../../shared/ipc/timeline.ts';
import { type ChangedFiles, groupChanged } from '../../state/changed-files.ts';
import { whyLate } from '../../state/late-words.ts';

type Repository = IpcResult<'repositories.list'>[number];

/** One thing that needs attention. Successes are never in this list, nor failures that a later success made good. */
export type Attention = { readonly key: string; readonly name: string; readonly severe: boolean } & (
  | {
      readonly kind: 'torn';
      readonly laneKey: string;
      readonly mark: SnapshotMark;
      readonly since: number;
      readonly times: number;
      /** What changed in the last of them; null where its run is not known here. */
      readonly files: ChangedFiles<RunWarning> | null;
    }
  | { readonly kind: 'weaker'; readonly laneKey: string; readonly mark: SnapshotMark; readonly since: number }
  | {
      readonly kind: 'failed' | 'interrupted' | 'missed';
      readonly at: number;
      readonly runId: RunId;
      readonly sourceId: SourceId;
      readonly text: string;
    }
  | {
      readonly kind: 'late';
      readonly since: number | null;
      readonly sourceId: SourceId;
      /** Others that are late and wait for the same repository. */
      readonly others: readonly string[];
      readonly why: string;
      readonly repository: Repository | null;
    }
  /** Runs that were planned and not made, with no snapshot since. */
  | {
      readonly kind: 'notMade';
      readonly at: number;
      readonly runs: number;
      readonly text: string;
      readonly sourceId: SourceId;
    }
  | { readonly kind: 'fullSoon'; readonly days: number; readonly repository: Repository }
  | { readonly kind: 'health'; readonly sourceId: SourceId; readonly why: string }
  /** The filesystem it lies on has to be tested before it is held. */
  | { readonly kind: 'trial'; readonly sourceId: SourceId; readonly why: string }
  | {
      readonly kind: 'password' | 'absent' | 'other' | 'readOnly' | 'lowSpace' | 'sameDisk';
      readonly repository: Repository;
    }
);

const day = 86_400_000;

export function attentionOf(
  sources: readonly SourceView[],
  lanes: readonly Lane[],
  repositories: readonly Repository[],
  runs: readonly RunView[],
  now: number,
): Attention[] {
  const found: Attention[] = [];
  for (const source of sources) {
    const lane = lanes.find(({ sourceId }) => sourceId === source.id);
    const own = [...(lane === undefined ? [] : laneTrouble(source, lane, runs))];
    if (source.health === 'late') own.unshift(lateTrouble(source, repositories));
    if (own.length === 0 && source.health === 'failed') {
      own.push({
        kind: 'health',
        key: `health ${source.id}`,
        name: source.name,
        severe: true,
        sourceId: source.id,
        why: source.healthText,
      });
    }
    for (const { kind, text } of source.notes) {
      const key = `${kind} ${source.id}`;
      const why = text.replace(/\.$/, '');
      const noted = kind === 'trial' ? kind : 'health';
      own.push({ kind: noted, key, name: source.name, severe: false, sourceId: source.id, why });
    }
    found.push(...own);
  }
  const waitedFor = new Set(
    found.flatMap((item) => (item.kind === 'late' && item.repository ? [item.repository.id] : [])),
  );
  for (const repository of repositories) {
    const own = repositoryTrouble(repository, now);
    // Those who are late for it say already that it is not there.
    found.push(
      ...own.filter(({ kind }) => !(waitedFor.has(repository.id) && (kind === 'absent' || kind === 'password'))),
    );
  }
  return lateTogether(found).sort((a, b) => Number(b.severe) - Number(a.severe));
}

/** One row for all that wait for the same repository: connecting it helps them all. */
function lateTogether(found: readonly Attention[]): Attention[] {
  const first = new Map<string, Extract<Attention, { kind: 'late' }>>();
  for (const item of found) {
    if (item.kind !== 'late' || item.repository === null) continue;
    const key = `${item.repository.id} ${item.why}`;
    const before = first.get(key);
    if (before === undefined) first.set(key, item);
    else {
      const since = Math.min(before.since ?? Number.POSITIVE_INFINITY, item.since ?? Number.POSITIVE_INFINITY);
      first.set(key, {
        ...before,
        since: Number.isFinite(since) ? since : null,
        others: [...before.others, item.name],
      });
    }
  }
  const shown = new Set<string>();
  return found.flatMap((item): Attention[] => {
    if (item.kind !== 'late' || item.repository === null) return [item];
    const key = `${item.repository.id} ${item.why}`;
    const together = first.get(key);
    if (together === undefined || shown.has(key)) return [];
    shown.add(key);
    return [together];
  });
}

function lateTrouble(source: SourceView, repositories: readonly Repository[]): Attention {
  return {
    kind: 'late',
    key: `late ${source.id}`,
    name: source.name,
    severe: true,
    since: source.lateSince,
    others: [],
    sourceId: source.id,
    why: whyLate(source),
    repository: repositories.find(({ id, state }) => id === source.policy.repositoryId && state !== 'ready') ?? null,
  };
}

function laneTrouble(source: SourceView, lane: Lane, runs: readonly RunView[]): Attention[] {
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
  // That nothing had changed is no trouble.
  const missed = lane.missed.findLast(({ because }) => because !== 'no-changes');
  if (source.health !== 'late' && missed !== undefined && missed.to > (last?.time ?? Number.NEGATIVE_INFINITY)) {
    const { from, runs: count, text } = missed;
    const key = `not made ${lane.key}`;
    found.push({ ...common, kind: 'notMade', key, severe: false, at: from, runs: count, text, sourceId: source.id });
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
      files: changedIn(runs.find(({ runId }) => runId === last.runId)),
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

function changedIn(run: RunView | undefined): ChangedFiles<RunWarning> | null {
  if (run === undefined) return null;
  const torn = run.warnings.filter(({ code }) => code === 'torn');
  const onlyTorn = torn.length === run.warnings.length;
  return torn.length === 0 ? null : groupChanged(torn, onlyTorn ? run.warningsTotal : torn.length);
}

function repositoryTrouble(repository: Repository, now: number): Attention[] {
  const found: Attention[] = [];
  const add = (kind: 'password' | 'absent' | 'other' | 'readOnly' | 'lowSpace' | 'sameDisk', severe: boolean): void => {
    found.push({ kind, key: `${kind} ${repository.id}`, name: repository.name, severe, repository });
  };
  if (repository.state === 'password-needed') add('password', false);
  if (repository.state === 'waiting') add('absent', false);
  if (repository.state === 'other') add('other', true);
  if (repository.state === 'read-only') add('readOnly', true);
  if (isLowSpace(repository)) {
    add('lowSpace', true);
  } else if (repository.fullAt !== null && repository.fullAt < now + warnDaysAhead * day) {
    const days = Math.max(0, Math.floor((repository.fullAt - now) / day));
    found.push({
      kind: 'fullSoon',
      key: `full ${repository.id}`,
      name: repository.name,
      severe: days < 7,
      days,
      repository,
    });
  }
  if (repository.sameDiskSources.length > 0) add('sameDisk', false);
  return found;
}
