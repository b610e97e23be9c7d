import {
  type RepositoryId,
  type RunId,
  repositoryIdSchema,
  type SourceId,
  sourceIdSchema,
} from '../../../../shared/domain/ids.ts';
import { defaultPolicy } from '../../../../shared/domain/policy.ts';
import type { RepositoryState, RepositoryStatus } from '../../../../shared/domain/repository.ts';
import type { RunEvent, RunOutcome } from '../../../../shared/domain/run.ts';
import type { ConditionRules, Schedule } from '../../../../shared/domain/schedule/schedule.ts';
import { type Source, sourceSchema } from '../../../../shared/domain/source.ts';
import type { PausedUntil } from '../../pause-file.ts';
import { MemoryFile } from './memory-files.ts';
import type { SimulatedProcess } from './process.ts';
import { Random } from './random.ts';

export const minute = 60_000;
export const hour = 60 * minute;
export const day = 24 * hour;

/** A snapshot in a simulated repository: the truth that histories are measured by. */
export interface Published {
  readonly runId: RunId;
  readonly sourceId: SourceId;
  readonly askedAt: number;
  /** Null: a person asked. */
  readonly slot: number | null;
  readonly outcome: RunOutcome;
}

export interface SimulatedSource {
  readonly name: string;
  readonly schedule: Schedule;
  readonly conditions: ConditionRules;
  /** Which of the two repositories. */
  readonly repository: 0 | 1;
}

/** Times and states that follow each other, long enough for any simulation. */
class Weather<T> {
  readonly #random: Random;
  readonly #choose: (random: Random) => readonly [T, number];
  readonly #spans: { readonly until: number; readonly value: T }[] = [];
  #at = 0;

  constructor(random: Random, start: number, choose: (random: Random) => readonly [T, number]) {
    this.#random = random;
    this.#choose = choose;
    this.#add(start);
  }

  at(now: number): T {
    while ((this.#spans.at(-1)?.until ?? 0) <= now) this.#add(this.#spans.at(-1)?.until ?? now);
    while ((this.#spans[this.#at]?.until ?? 0) <= now) this.#at++;
    return (this.#spans[this.#at] as { value: T }).value;
  }

  #add(from: number): void {
    const [value, length] = this.#choose(this.#random);
    this.#spans.push({ until: from + length, value });
  }
}

const repositoryIds = ['a', 'b'].map((digit) => repositoryIdSchema.parse(digit.repeat(64)));

/** Everything outside of schedulers, with one clock for all. */
export class SimulatedWorld {
  readonly random: Random;
  readonly zone: string;
  readonly sources: readonly Source[];
  readonly published: Published[] = [];
  readonly logs = new Map<RunId, RunEvent[]>();
  readonly journals = new Map<SourceId, MemoryFile>();
  readonly leases = new Map<SourceId, SimulatedProcess>();
  /** What must never be: two runs of one source at once, or of one repository in one process. */
  readonly offences: string[] = [];
  readonly #running = new Map<SourceId, { readonly process: SimulatedProcess; readonly bySchedule: boolean }>();
  readonly #states: readonly Weather<RepositoryState>[];
  readonly #mains: Weather<boolean>;
  readonly #metered: Weather<boolean>;
  pausedUntil: PausedUntil | null = null;
  now: number;
  monotonic = 0;
  /** All disks were unplugged together: after a power cut, say. */
  awayUntil = 0;
  /** Everything is there, and stays. */
  calm = false;

  constructor(seed: number, zone: string, start: number, sources: readonly SimulatedSource[]) {
    this.random = new Random(seed);
    this.zone = zone;
    this.now = start;
    const own = (n: number): Random => new Random(seed * 31 + n);
    this.#states = [0, 1].map((n) => new Weather(own(n), start, weatherOfDisks));
    this.#mains = new Weather(own(2), start, (random) => [random.chance(0.6), random.int(1, 20) * hour]);
    this.#metered = new Weather(own(3), start, (random) => [random.chance(0.2), random.int(1, 30) * hour]);
    this.sources = sources.map(sourceOf);
    for (const { id } of this.sources) this.journals.set(id, new MemoryFile());
  }

  pass(ms: number, awake: boolean): void {
    this.now += ms;
    if (awake) this.monotonic += ms;
  }

  stateOf(id: RepositoryId): RepositoryState {
    if (!this.calm && this.now < this.awayUntil) return 'waiting';
    return this.calm ? 'ready' : (this.#states[repositoryIds.indexOf(id)]?.at(this.now) ?? 'waiting');
  }

  repositories(): RepositoryStatus[] {
    return repositoryIds.map((id, index) => ({
      id,
      name: `repository ${index}`,
      location: { kind: 'local', path: `/repository/${index}` },
      ownerUid: 0,
      keyIds: [],
      state: this.stateOf(id),
      freeBytes: null,
      totalBytes: null,
      sameDiskSources: [],
      mountPoint: '/',
      removable: true,
      network: index === 1,
    }));
  }

  machine(): { onMains: boolean | null; metered: boolean | null; sleepAnnounced: boolean } {
    if (this.calm) return { onMains: true, metered: false, sleepAnnounced: false };
    return {
      onMains: this.#mains.at(this.now),
      metered: this.#metered.at(this.now),
      sleepAnnounced: this.random.chance(0.01),
    };
  }

  newestOf(sourceId: SourceId): number | null {
    return this.published.findLast((snapshot) => snapshot.sourceId === sourceId)?.askedAt ?? null;
  }

  /**
   * Marks a run as under way for as long as `work` takes, or its process lives. Two scheduled runs of one process never
   * share a repository; a run that a person asks for queues where that process queues its runs, which is not here.
   */
  async running<T>(source: Source, process: SimulatedProcess, bySchedule: boolean, work: () => Promise<T>): Promise<T> {
    if (!process.alive) return new Promise(() => undefined);
    if (this.#running.has(source.id)) this.offences.push(`two runs of ${source.name} at ${this.now}`);
    const { repositoryId } = source.policy;
    for (const [id, other] of this.#running) {
      const shared = this.sources.find((each) => each.id === id)?.policy.repositoryId === repositoryId;
      if (shared && other.process === process && other.bySchedule && bySchedule)
        this.offences.push(`two runs into ${repositoryId} at ${this.now}`);
    }
    const run = { process, bySchedule };
    this.#running.set(source.id, run);
    const end = (): void => {
      if (this.#running.get(source.id) === run) this.#running.delete(source.id);
    };
    process.onDeath(end);
    try {
      return await work();
    } finally {
      end();
    }
  }
}

function weatherOfDisks(random: Random): readonly [RepositoryState, number] {
  if (random.chance(0.75)) return ['ready', random.int(1, 200) * hour];
  return [random.pick(['waiting', 'password-needed', 'other', 'read-only'] as const), random.int(1, 60) * hour];
}

function sourceOf({ name, schedule, conditions, repository }: SimulatedSource): Source {
  const policy = defaultPolicy(repositoryIds[repository] as RepositoryId, 'per-file');
  return sourceSchema.parse({
    id: sourceIdSchema.parse(name),
    name,
    spec: { kind: 'filesystem', path: `/${name}`, excludes: [] },
    policy: { ...policy, schedule, conditions },
    ownerUid: 0,
  });
}
