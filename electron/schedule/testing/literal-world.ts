import { type RunId, repositoryIdSchema, runIdSchema, sourceIdSchema } from '../../../shared/domain/ids.ts';
import { defaultPolicy } from '../../../shared/domain/policy.ts';
import type { RepositoryState, RepositoryStatus } from '../../../shared/domain/repository.ts';
import type { RunResult } from '../../../shared/domain/run.ts';
import type { Schedule } from '../../../shared/domain/schedule/schedule.ts';
import { type Source, sourceSchema } from '../../../shared/domain/source.ts';
import type { BackupRequest, SchedulerPorts, SnapshotOfRun } from '../contract.ts';
import { resultWithout } from '../run-logs/interrupted.ts';
import { Scheduler } from '../scheduler.ts';
import { type MemoryParts, memoryParts } from './memory-parts.ts';

export const minute = 60_000;
export const hour = 60 * minute;

export const repositoryId = repositoryIdSchema.parse('a'.repeat(64));
export const hourly: Schedule = { kind: 'hourly', everyHours: 1, minute: 0 };

export function sourceNamed(name: string, schedule: Schedule = hourly, repository = repositoryId): Source {
  const policy = { ...defaultPolicy(repository, 'per-file'), schedule };
  const spec = { kind: 'filesystem', path: `/${name}`, excludes: [] };
  return sourceSchema.parse({ id: sourceIdSchema.parse(name), name, spec, policy, ownerUid: 0 });
}

/** A world that holds still unless a test says otherwise. It is 10:30 UTC, and the scheduler is the app's. */
export class LiteralWorld {
  sources: Source[] = [sourceNamed('papers')];
  states: Record<string, RepositoryState> = { [repositoryId]: 'ready' };
  now = Date.parse('2026-03-10T10:30:00Z');
  monotonic = 0;
  lastSnapshotAt: number | null = Date.parse('2026-03-10T10:00:10Z');
  activity: SchedulerPorts['activity'] = async () => ({ changes: 0, newestChangeAt: null, tookMs: 1 });
  snapshotOfRun: (runId: RunId) => SnapshotOfRun = () => ({ kind: 'none' });
  backup: (request: BackupRequest) => Promise<RunResult> = async ({ runId }) =>
    resultWithout(runId, 'done', 'Made.', null);
  machine: SchedulerPorts['machine'] = async () => ({ onMains: true, metered: false, sleepAnnounced: false });
  readonly begun: BackupRequest[] = [];
  readonly asked: string[] = [];
  /** Repositories that a run waited for. */
  readonly wanted: string[] = [];
  readonly reported: string[] = [];
  readonly reportedErrors: unknown[] = [];
  readonly parts: MemoryParts;
  readonly scheduler: Scheduler;
  #runs = 0;

  constructor(parts: MemoryParts = memoryParts()) {
    this.parts = parts;
    const ports: SchedulerPorts = {
      sources: async () => this.sources,
      repositories: async () => Object.entries(this.states).map(([id, state]) => statusOf(id, state)),
      machine: () => this.machine(),
      lastSnapshotAt: async ({ name }) => {
        this.asked.push(`last snapshot of ${name}`);
        return this.lastSnapshotAt;
      },
      activity: (source, since) => {
        this.asked.push(`activity of ${source.name}`);
        return this.activity(source, since);
      },
      snapshotOfRun: async (_repository, runId) => this.snapshotOfRun(runId),
      wanted: (id) => void this.wanted.push(id),
      startBackup: (request) => {
        this.begun.push(request);
        return this.backup(request);
      },
      newRunId: () => runIdOf(++this.#runs),
      now: () => this.now,
      monotonic: () => this.monotonic,
      zone: () => 'UTC',
    };
    const report = (what: string, error: unknown): void => {
      this.reported.push(what);
      this.reportedErrors.push(error);
    };
    this.scheduler = new Scheduler({ ports, folder: '/none', runsFolder: '/none', by: 'app', report }, parts);
  }

  /** Awake. */
  pass(ms: number): void {
    this.now += ms;
    this.monotonic += ms;
  }

  entries(name: string): Record<string, unknown>[] {
    const lines = this.parts.journals.get(sourceIdSchema.parse(name)) ?? [];
    return lines.map((line) => JSON.parse(line) as Record<string, unknown>);
  }
}

export function runIdOf(n: number): RunId {
  return runIdSchema.parse(n.toString(16).padStart(32, '0'));
}

function statusOf(id: string, state: RepositoryState): RepositoryStatus {
  return {
    id: repositoryIdSchema.parse(id),
    name: 'disk',
    location: { kind: 'local', path: '/disk' },
    ...{ ownerUid: 0, keyIds: [], state, freeBytes: null, totalBytes: null, sameDiskSources: [] },
    ...{ mountPoint: '/', removable: false, network: false },
  };
}
