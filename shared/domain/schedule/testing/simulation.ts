import { due } from '../due.ts';
import type { Attempt, Blocker, Decision, HeldBack, MachineConditions, NotRun, RepositoryPresence } from '../facts.ts';
import { type ConditionRules, type Schedule, weekdays } from '../schedule.ts';
import { Random } from './random.ts';

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;

export interface SimulationPlan {
  readonly seed: number;
  readonly zone: string;
  readonly schedule: Schedule;
  readonly conditions: ConditionRules;
  readonly since: number;
  readonly days: number;
  /** Now and then the clock is set: by up to 17 hours from what is right, or by up to a year and right again. */
  readonly clockJumps: 'none' | 'hours' | 'years';
}

/** One decision that was asked for, in the order of what happened; `now` is what the clock showed. */
export interface Asked {
  readonly now: number;
  readonly decision: Decision;
  /** Times the machine woke so far. */
  readonly wakes: number;
  /** The newest snapshot that was known. */
  readonly lastSnapshotAt: number | null;
  readonly accountedBefore: number | null;
  /** A run was under way: whoever asks then learns nothing of the slot. */
  readonly underWay: boolean;
  /** For how long the clock has been right. */
  readonly rightSince: number | null;
}

export interface Simulated {
  readonly asked: readonly Asked[];
  /** Everything that was ever begun, nothing forgotten. */
  readonly attempts: readonly Attempt[];
  readonly notRun: readonly NotRun[];
  /** The latest that the clock ever showed. */
  readonly latest: number;
}

/**
 * A machine with one source, and somebody who acts on decisions as a scheduler does: it writes down what was lost, keeps
 * only the history that `ScheduleHistory` asks for, and forgets everything else when the machine sleeps or is off.
 */
export function simulate(plan: SimulationPlan): Simulated {
  return new Simulation(plan).run();
}

class Simulation {
  readonly #plan: SimulationPlan;
  readonly #random: Random;
  readonly #asked: Asked[] = [];
  readonly #all: Attempt[] = [];
  readonly #notRun: NotRun[] = [];
  #attempts: Attempt[] = [];
  #heldBack: HeldBack[] = [];
  #accountedUntil: number | null = null;
  #lastSnapshotAt: number | null = null;
  #wakes = 0;
  /** How much the clock shows more than the time that really passed. */
  #ahead = 0;
  #rightSince: number | null;
  #time: number;
  #sleepAt: number;
  #machine: MachineConditions = {
    onMains: true,
    metered: false,
    repository: 'ready',
    repositoryOnNetwork: true,
    sleepAnnounced: false,
    pausedUntil: null,
    activity: null,
  };
  #changesSince = 0;
  #newestChangeAt: number | null = null;

  constructor(plan: SimulationPlan) {
    this.#plan = plan;
    this.#random = new Random(plan.seed);
    this.#time = plan.since + this.#random.between(0, 3 * hour);
    this.#sleepAt = this.#time + this.#random.between(1, 20) * hour;
    this.#rightSince = this.#time;
  }

  get #now(): number {
    return this.#time + this.#ahead;
  }

  run(): Simulated {
    const end = this.#plan.since + this.#plan.days * day;
    while (this.#time < end) this.#step();
    this.#ask();
    const latest = this.#asked.reduce((newest, { now }) => Math.max(newest, now), end);
    return { asked: this.#asked, attempts: this.#all, notRun: this.#notRun, latest };
  }

  #step(): void {
    if (this.#time >= this.#sleepAt) this.#sleep();
    this.#disturb();
    const decision = this.#ask();
    if (decision.kind === 'run') this.#perform(decision.slot);
    else this.#wait(decision);
  }

  #ask(): Decision {
    const { schedule, conditions, since, zone } = this.#plan;
    const facts = {
      schedule,
      conditions,
      since,
      zone,
      now: this.#now,
      machine: { ...this.#machine, activity: this.#look() },
      history: {
        attempts: this.#attempts,
        heldBack: this.#heldBack,
        lastSnapshotAt: this.#lastSnapshotAt,
        accountedUntil: this.#accountedUntil,
      },
    };
    const decision = due(facts);
    this.#asked.push({
      now: this.#now,
      decision,
      wakes: this.#wakes,
      lastSnapshotAt: this.#lastSnapshotAt,
      accountedBefore: this.#accountedUntil,
      rightSince: this.#rightSince,
      underWay: this.#attempts.some(({ outcome }) => outcome === null),
    });
    this.#notRun.push(...decision.lost);
    const until = decision.accountedUntil;
    this.#accountedUntil = until;
    if (decision.kind === 'held-back') {
      this.#heldBack = this.#heldBack.filter(({ slot }) => slot !== decision.slot);
      this.#heldBack.push({ slot: decision.slot, because: decision.because });
    }
    if (until !== null) {
      this.#heldBack = this.#heldBack.filter(({ slot }) => slot > until);
      const newest = this.#attempts.findLast(({ outcome }) => outcome === 'done' || outcome === 'warnings');
      this.#attempts = this.#attempts.filter(
        (attempt) => attempt === newest || attempt.startedAt > until || (attempt.endedAt ?? until + 1) > until,
      );
    }
    return decision;
  }

  #perform(slot: number): void {
    const outcome = this.#random.pick<Attempt['outcome']>([
      ...Array<Attempt['outcome']>(12).fill('done'),
      'warnings',
      'failed',
      'failed',
      'interrupted',
      'cancelled',
      'waiting',
    ]);
    this.#attempt(
      slot,
      outcome,
      this.#random.chance(0.02) ? this.#random.between(60, 500) : this.#random.between(1, 20),
    );
  }

  #attempt(slot: number | null, outcome: Attempt['outcome'], minutes: number): void {
    const startedAt = this.#now;
    const underWay: Attempt = { startedAt, endedAt: null, outcome: null, slot };
    this.#attempts.push(underWay);
    const end = this.#time + (outcome === 'waiting' ? 0 : minutes * minute);
    while (this.#time < end && this.#time < this.#sleepAt) {
      this.#time = Math.min(end, this.#time + this.#random.between(1, 60) * minute);
      if (this.#random.chance(0.3)) this.#ask();
    }
    const asleep = this.#time >= this.#sleepAt && outcome !== 'waiting';
    if (asleep) this.#sleep();
    const ended: Attempt = { startedAt, endedAt: this.#now, outcome: asleep ? 'interrupted' : outcome, slot };
    this.#attempts = [...this.#attempts.filter((attempt) => attempt !== underWay), ended];
    this.#all.push(ended);
    if (ended.outcome !== 'done' && ended.outcome !== 'warnings') return;
    this.#lastSnapshotAt = Math.max(startedAt, this.#lastSnapshotAt ?? startedAt);
    this.#changesSince = 0;
    this.#newestChangeAt = null;
  }

  #wait(decision: Exclude<Decision, { kind: 'run' }>): void {
    const at = decision.kind === 'idle' ? decision.nextAt : decision.retryAt;
    const longest = this.#random.between(1, 90) * minute;
    this.#time += at === null || at <= this.#now ? longest : Math.min(at - this.#now, longest);
  }

  /** Asleep, off, or nobody is logged in. */
  #sleep(): void {
    const kind = this.#random.next();
    const long = kind < 0.9 ? this.#random.between(5, 600) * minute : this.#random.between(1, 20) * day;
    this.#time += long;
    this.#sleepAt = this.#time + this.#random.between(10, 20 * 60) * minute;
    this.#wakes++;
  }

  #disturb(): void {
    const random = this.#random;
    const machine = { ...this.#machine };
    const presences: RepositoryPresence[] = ['absent', 'locked', 'other', 'read-only', 'unknown'];
    if (random.chance(0.02)) machine.onMains = machine.onMains !== true;
    if (random.chance(0.01)) machine.metered = machine.metered !== true;
    if (random.chance(0.02)) machine.repository = machine.repository === 'ready' ? random.pick(presences) : 'ready';
    if (random.chance(0.003))
      machine.pausedUntil = random.chance(0.1) ? 'forever' : this.#now + random.between(1, 48) * hour;
    if (machine.pausedUntil === 'forever' && random.chance(0.1)) machine.pausedUntil = null;
    machine.sleepAnnounced = random.chance(0.005);
    this.#machine = machine;
    if (random.chance(0.2)) {
      this.#changesSince += random.between(1, 60);
      this.#newestChangeAt = this.#now;
    }
    if (random.chance(0.01)) this.#attempt(null, random.pick(['done', 'failed', 'cancelled']), random.between(1, 30));
    this.#setClock();
  }

  #setClock(): void {
    const random = this.#random;
    if (this.#plan.clockJumps === 'hours' && random.chance(0.002))
      this.#ahead = random.between(-17 * 60, 17 * 60) * minute;
    if (this.#plan.clockJumps !== 'years') return;
    if (this.#ahead !== 0 && random.chance(0.1)) {
      this.#ahead = 0;
      this.#rightSince = this.#time;
    } else if (this.#ahead === 0 && random.chance(0.002)) {
      this.#ahead = random.between(-365 * 24, 365 * 24) * hour;
      this.#rightSince = null;
    }
  }

  #look(): MachineConditions['activity'] {
    if (this.#lastSnapshotAt === null || this.#random.chance(0.05)) return null;
    return { changes: this.#changesSince, newestChangeAt: this.#newestChangeAt, at: this.#now };
  }
}

export function randomConditions(random: Random): ConditionRules {
  return {
    onBattery: random.pick(['as-usual', 'daily', 'wait'] as const),
    onMetered: random.pick(['run', 'wait'] as const),
    windows: random.chance(0.7)
      ? []
      : [
          {
            days: random.some(weekdays),
            from: random.pick(['01:30', '08:00', '22:00']),
            to: random.pick(['02:30', '17:00', '23:15']),
          },
        ],
  };
}

export function randomClockSchedule(random: Random): Schedule {
  if (random.chance(0.6)) {
    return {
      kind: 'hourly',
      everyHours: random.pick([1, 1, 2, 3, 4, 6, 8, 12] as const),
      minute: random.between(0, 59),
    };
  }
  return {
    kind: 'daily',
    at: random.some(['00:00', '01:30', '02:15', '02:30', '09:00', '18:45', '23:59']),
    days: random.some(weekdays),
  };
}

export function randomActivitySchedule(random: Random): Extract<Schedule, { kind: 'quiet' | 'changes' }> {
  const atLeastEveryHours = random.pick([1, 6, 24, 72]);
  const pace = { atMostEveryMinutes: random.pick([15, 60, atLeastEveryHours * 40]), atLeastEveryHours };
  return random.chance(0.5)
    ? { kind: 'quiet', quietMinutes: random.between(1, 60), ...pace }
    : { kind: 'changes', changes: random.pick([1, 50, 400]), ...pace };
}

/** What a held-back decision said last of each slot. */
export function lastBlockers(asked: readonly Asked[]): Map<number, Blocker> {
  const last = new Map<number, Blocker>();
  for (const { decision } of asked) if (decision.kind === 'held-back') last.set(decision.slot, decision.because);
  return last;
}
