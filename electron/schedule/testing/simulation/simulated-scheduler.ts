import { type RunId, runIdSchema, type SourceId, snapshotIdSchema } from '../../../../shared/domain/ids.ts';
import type { RunEvent, RunOutcome, RunResult } from '../../../../shared/domain/run.ts';
import type { Source } from '../../../../shared/domain/source.ts';
import { msToInstant } from '../../../../shared/domain/time.ts';
import { StillpointError } from '../../../../shared/errors/index.ts';
import type { Runner, SchedulerPorts, SnapshotOfRun } from '../../contract.ts';
import type { Parts } from '../../parts.ts';
import { resultWithout } from '../../run-logs/interrupted.ts';
import { Scheduler } from '../../scheduler.ts';
import type { MemoryFile } from './memory-files.ts';
import { SimulatedProcess } from './process.ts';
import { minute, type Published, type SimulatedWorld } from './world.ts';

export interface SimulatedRunner {
  readonly scheduler: Scheduler;
  readonly process: SimulatedProcess;
  /** A backup that a person asks for. */
  runAsked(source: Source): Promise<RunResult>;
}

/** The real scheduler in a process of its own, over a world that is made up. */
export function startScheduler(world: SimulatedWorld, by: Runner): SimulatedRunner {
  const process = new SimulatedProcess(world.random);
  const { random } = world;
  const newRunId = (): RunId => runIdSchema.parse(random.hex(32));
  const perform = (source: Source, runId: RunId, slot: number | null, askedAt: number): Promise<RunResult> =>
    world.running(source, process, slot !== null, () => backup(world, process, source, { runId, slot, askedAt }));
  const ports: SchedulerPorts = {
    sources: () => process.ask(() => world.sources),
    repositories: () => process.ask(() => failing(world, () => world.repositories())),
    machine: () => process.ask(() => failing(world, () => world.machine())),
    lastSnapshotAt: (source) =>
      process.ask(() => (isThere(world, source) ? world.newestOf(source.id) : ('unknown' as const))),
    activity: (_source, since) =>
      process.ask(() => {
        const changes = random.pick([0, 0, 5, 50, 500]);
        const newest = changes === 0 ? null : random.int(since, world.now);
        return { changes, newestChangeAt: newest, tookMs: random.int(1, 60_000) };
      }),
    snapshotOfRun: (repositoryId, runId) => process.ask(() => snapshotOfRun(world, repositoryId, runId)),
    startBackup: ({ source, runId, slot, askedAt }) => perform(source, runId, slot, askedAt),
    afterBackup: () => process.ask(() => undefined),
    newRunId,
    now: () => world.now,
    monotonic: () => world.monotonic,
    zone: () => world.zone,
  };
  const options = { ports, folder: '/none', runsFolder: '/none', by, report: () => undefined };
  const scheduler = new Scheduler(options, partsIn(world, process));
  return {
    scheduler,
    process,
    runAsked(source) {
      const runId = newRunId();
      return scheduler.runAsked(source, runId, (askedAt) => perform(source, runId, null, askedAt));
    },
  };
}

/** Every thousandth question is not answered: the helper is down. */
function failing<T>(world: SimulatedWorld, work: () => T): T {
  if (world.calm || !world.random.chance(0.001)) return work();
  throw new StillpointError({ kind: 'helper-crashed', message: 'down', guidance: '' });
}

function isThere(world: SimulatedWorld, source: Source): boolean {
  return ['ready', 'read-only'].includes(world.stateOf(source.policy.repositoryId));
}

function snapshotOfRun(
  world: SimulatedWorld,
  repositoryId: Source['policy']['repositoryId'],
  runId: RunId,
): SnapshotOfRun {
  if (!['ready', 'read-only'].includes(world.stateOf(repositoryId))) return { kind: 'unknown' };
  const found = world.published.find((snapshot) => snapshot.runId === runId);
  if (!found) return { kind: 'none' };
  const snapshot = {
    id: snapshotIdSchema.parse(runId.repeat(2)),
    repositoryId,
    runId,
    sourceId: found.sourceId,
    sourceName: found.sourceId,
    time: msToInstant(found.askedAt),
    askedAt: null,
    level: 'per-file' as const,
    method: null,
    stallMs: null,
    kind: 'backup' as const,
    ...{ hostname: 'host', username: 'user', paths: [], tags: [], pinned: false },
    ...{ files: null, bytes: null, newBytes: null },
  };
  return { kind: 'published', snapshot, evidence: null };
}

/** One backup: time passes, and it ends in one of all ways. */
async function backup(
  world: SimulatedWorld,
  process: SimulatedProcess,
  source: Source,
  { runId, slot, askedAt }: Pick<Published, 'runId' | 'slot' | 'askedAt'>,
): Promise<RunResult> {
  const { random } = world;
  const log = (event: RunEvent): Promise<void> => appendLog(world, process, runId, event);
  const at = (): string => msToInstant(world.now);
  await log({
    type: 'run-started',
    runId,
    at: at(),
    kind: 'backup',
    sourceId: source.id,
    repositoryId: source.policy.repositoryId,
    askedAt: at(),
    title: source.name,
    trigger: slot === null ? 'person' : 'schedule',
  });
  const length = random.chance(0.02) ? random.int(60, 400) : random.int(1, 20);
  await process.ask(() => world.pass(length * minute, true));
  const outcome = world.calm ? 'done' : outcomeOf(world, source);
  const publishes = outcome === 'done' || outcome === 'warnings' || (outcome === 'interrupted' && random.chance(0.5));
  if (publishes) {
    await process.ask(() => world.published.push({ runId, sourceId: source.id, askedAt, slot, outcome }));
    await process.ask(() => world.pass(minute, true));
  }
  const result = resultWithout(runId, outcome, outcome, null);
  // Who does not know how it ended writes no end.
  if (outcome !== 'interrupted' || random.chance(0.5)) await log({ type: 'run-finished', runId, at: at(), result });
  if (outcome === 'interrupted' && random.chance(0.5)) throw new Error('the helper died');
  return result;
}

function outcomeOf(world: SimulatedWorld, source: Source): RunOutcome {
  if (world.stateOf(source.policy.repositoryId) !== 'ready') return world.random.pick(['failed', 'waiting']);
  if (world.random.chance(0.8)) return 'done';
  return world.random.pick(['warnings', 'failed', 'failed', 'cancelled', 'waiting', 'interrupted'] as const);
}

function partsIn(world: SimulatedWorld, process: SimulatedProcess): Parts {
  return {
    journalFile: (id) => (world.journals.get(id) as MemoryFile).for(process),
    lease: (id) => process.ask(() => takeLease(world, process, id)),
    readPause: () => process.ask(() => ({ until: world.pausedUntil, problem: null })),
    writePause: (until) =>
      process.ask(() => {
        world.pausedUntil = until;
      }),
    readLog: (runId) => process.ask(() => [...(world.logs.get(runId) ?? [])]),
    appendLog: (runId, event) => appendLog(world, process, runId, event),
  };
}

function appendLog(world: SimulatedWorld, process: SimulatedProcess, runId: RunId, event: RunEvent): Promise<void> {
  return process.write((cut) => {
    if (cut === 'all') world.logs.set(runId, [...(world.logs.get(runId) ?? []), event]);
  });
}

function takeLease(
  world: SimulatedWorld,
  process: SimulatedProcess,
  id: SourceId,
): Awaited<ReturnType<Parts['lease']>> {
  if (world.leases.has(id)) return { kind: 'held', by: 'another' };
  world.leases.set(id, process);
  const free = (): void => {
    if (world.leases.get(id) === process) world.leases.delete(id);
  };
  process.onDeath(free);
  return { kind: 'taken', lease: { lost: new AbortController().signal, release: async () => free() } };
}
