import type { RepositoryStatus } from '../../shared/domain/repository.ts';
import type { MachineConditions, RepositoryPresence, ScheduleFacts } from '../../shared/domain/schedule/facts.ts';
import type { Schedule } from '../../shared/domain/schedule/schedule.ts';
import type { Source } from '../../shared/domain/source.ts';
import type { JournaledRun, SchedulerPorts } from './contract.ts';
import type { History } from './journal/fold.ts';
import type { Parts } from './parts.ts';
import type { PausedUntil } from './pause-file.ts';

/** What is the same for every source. */
export interface World {
  readonly repositories: readonly RepositoryStatus[];
  readonly machine: Awaited<ReturnType<SchedulerPorts['machine']>>;
  readonly pausedUntil: PausedUntil | null;
}

export async function gatherWorld(
  ports: Pick<SchedulerPorts, 'repositories' | 'machine'>,
  parts: Pick<Parts, 'readPause'>,
): Promise<World> {
  const [repositories, machine, pause] = await Promise.all([ports.repositories(), ports.machine(), parts.readPause()]);
  return { repositories, machine, pausedUntil: pause.until };
}

const presences: { readonly [S in RepositoryStatus['state']]: RepositoryPresence } = {
  ready: 'ready',
  'password-needed': 'locked',
  waiting: 'absent',
  other: 'other',
  'read-only': 'read-only',
};

export function presenceOf(source: Source, world: World): RepositoryPresence {
  const repository = world.repositories.find(({ id }) => id === source.policy.repositoryId);
  return repository ? presences[repository.state] : 'unknown';
}

export interface Known {
  readonly source: Source;
  /** What is in force: the source's, or the one that its journal has until it is replaced there. */
  readonly schedule: Schedule;
  readonly since: number;
  readonly history: History;
  readonly world: World;
  readonly lastSnapshotAt: number | null;
  readonly activity: MachineConditions['activity'];
  readonly now: number;
  readonly zone: string;
}

export function factsOf(known: Known, openRuns: OpenRunsCount): ScheduleFacts {
  const { source, schedule, since, history, world, lastSnapshotAt, activity, now, zone } = known;
  const { repositories, machine, pausedUntil } = world;
  const repository = repositories.find(({ id }) => id === source.policy.repositoryId);
  return {
    schedule,
    conditions: source.policy.conditions,
    since,
    history: {
      attempts: neededRuns(history, now, openRuns),
      heldBack: history.held,
      lastSnapshotAt,
      accountedUntil: history.accountedUntil,
    },
    machine: {
      ...machine,
      repository: presenceOf(source, world),
      repositoryOnNetwork: repository?.network ?? false,
      pausedUntil,
      activity,
    },
    now,
    zone,
  };
}

/** How a run counts whose end is not known: whoever decides has the lease, so it is not under way. */
export type OpenRunsCount = 'as-under-way' | 'as-interrupted';

function neededRuns(
  { runs, accountedUntil }: History,
  now: number,
  openRuns: OpenRunsCount,
): ScheduleFacts['history']['attempts'] {
  // Times that lie ahead of the clock are not to be relied on: then all that is known is handed over.
  const from = accountedUntil === null || accountedUntil > now ? Number.NEGATIVE_INFINITY : accountedUntil;
  // The newest that went well shows which snapshot is believable, however long ago it was.
  const newest = runs.findLast(({ outcome }) => wentWell(outcome));
  return runs
    .filter((run) => run === newest || run.startedAt > from || run.endedAt === null || run.endedAt > from)
    .map(({ startedAt, endedAt, outcome, slot }) =>
      endedAt === null && openRuns === 'as-interrupted'
        ? { startedAt, endedAt: startedAt, outcome: 'interrupted', slot }
        : { startedAt, endedAt, outcome, slot },
    );
}

/** When the newest run of the history began that made its snapshot. */
export function lastSuccessAt(runs: readonly JournaledRun[]): number | null {
  return runs.reduce<number | null>(
    (newest, { outcome, startedAt }) =>
      wentWell(outcome) && (newest === null || startedAt > newest) ? startedAt : newest,
    null,
  );
}

function wentWell(outcome: JournaledRun['outcome']): boolean {
  return outcome === 'done' || outcome === 'warnings';
}
