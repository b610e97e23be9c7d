import { describe, expect, it } from 'vitest';
import type { Attempt } from './facts.ts';
import { lastNotAfter } from './ledger.ts';
import { type Schedule, weekdays } from './schedule.ts';
import { slotsBetween } from './slots.ts';
import { Random } from './testing/random.ts';
import {
  lastBlockers,
  randomActivitySchedule,
  randomClockSchedule,
  randomConditions,
  type Simulated,
  type SimulationPlan,
  simulate,
} from './testing/simulation.ts';
import { hardZones } from './testing/wall-clock-oracle.ts';

const minute = 60_000;
const hour = 60 * minute;
const isSuccess = ({ outcome }: Attempt): boolean => outcome === 'done' || outcome === 'warnings';

/** Every slot with what became of it, worked out from everything that happened and not from what was decided. */
function accountOf(plan: SimulationPlan, { attempts, notRun, latest, asked }: Simulated) {
  const slots = [plan.since, ...slotsBetween(plan.schedule, plan.since, latest, plan.zone)];
  const told = slots.map(() => 0);
  const served = slots.map(() => 0);
  const visited = slots.map(() => false);
  for (const record of notRun) {
    const first = lastNotAfter(slots, record.from);
    const last = lastNotAfter(slots, record.to);
    expect([slots[first], slots[last], last - first + 1]).toEqual([record.from, record.to, record.slots]);
    for (let index = first; index <= last; index++) told[index] = (told[index] ?? 0) + 1;
  }
  for (const attempt of attempts.filter(isSuccess)) {
    const began = lastNotAfter(slots, attempt.startedAt);
    const meant = attempt.slot === null ? began : lastNotAfter(slots, attempt.slot);
    for (const index of new Set([began, meant])) served[index] = (served[index] ?? 0) + 1;
  }
  for (const { now: then, underWay } of asked) if (!underWay) visited[lastNotAfter(slots, then)] = true;
  return { slots, told, served, visited };
}

function planFor(seed: number, zone: string, clockJumps: SimulationPlan['clockJumps']): SimulationPlan {
  const random = new Random(seed);
  const schedule = randomClockSchedule(random);
  const conditions = randomConditions(random);
  // Two years that begin anywhere in 2025.
  const since = Date.UTC(2025, 0, 1) + random.between(0, 365 * 24 * 60) * minute;
  return { seed, zone, schedule, conditions, since, days: 730, clockJumps };
}

/** No slot has two backups that were made for it, and each was made for the newest. */
function expectNoneDouble(plan: SimulationPlan, { asked, attempts }: Simulated): void {
  const made = attempts.filter((attempt) => attempt.slot !== null && isSuccess(attempt)).map(({ slot }) => slot);
  expect(new Set(made).size).toBe(made.length);
  for (const { decision, now } of asked) {
    if (decision.kind !== 'run' || decision.slot === plan.since) continue;
    expect(slotsBetween(plan.schedule, decision.slot, now, plan.zone)).toEqual([]);
  }
}

describe('two years of a machine that sleeps, of runs that fail and disks that are away', { timeout: 60_000 }, () => {
  it.each(hardZones.map((zone, index) => [zone, 1000 + index] as const))('in %s (seed %i)', (zone, seed) => {
    const plan = planFor(seed, zone, 'none');
    const simulated = simulate(plan);
    const { slots, told, served, visited } = accountOf(plan, simulated);
    expectNoneDouble(plan, simulated);

    const wrong = slots.slice(0, -1).filter((_slot, index) => (told[index] === 1) === (served[index] ?? 0) > 0);
    expect({ plan, wrong }).toEqual({ plan, wrong: [] });
    expect(Math.max(...told)).toBe(1);

    // What is said of a lost slot is true.
    const blockers = lastBlockers(simulated.asked);
    for (const { from, to, because } of simulated.notRun) {
      for (let index = lastNotAfter(slots, from); index <= lastNotAfter(slots, to); index++) {
        const slot = slots[index] ?? 0;
        if (because === 'not-running') expect([slot, visited[index]]).toEqual([slot, false]);
        else if (because === 'failed' || because === 'cancelled' || because === 'superseded') {
          const touching = simulated.attempts.filter(
            (attempt) => attempt.startedAt < (slots[index + 1] ?? 0) && (attempt.endedAt ?? 0) >= slot,
          );
          expect([slot, because, touching.length > 0]).toEqual([slot, because, true]);
        } else if (blockers.has(slot)) expect([slot, because]).toEqual([slot, blockers.get(slot)]);
        else expect([slot, because]).toEqual([slot, 'repository-absent']);
      }
    }

    // After waking at most one run makes up for what was lost, however much that was.
    const caughtUp = simulated.asked.filter(
      ({ decision }) => decision.kind === 'run' && decision.trigger === 'catch-up',
    );
    expect(caughtUp.length).toBeGreaterThan(5);
    for (const { now, decision } of caughtUp) {
      if (decision.kind !== 'run') continue;
      const next = slots[lastNotAfter(slots, now) + 1] ?? Number.POSITIVE_INFINITY;
      const inSlot = simulated.attempts.filter(
        ({ startedAt, slot }) => slot !== null && startedAt >= decision.slot && startedAt < next,
      );
      expect(inSlot.filter(isSuccess).length).toBeLessThanOrEqual(1);
      expect(new Set(inSlot.map(({ slot }) => slot)).size).toBeLessThanOrEqual(1);
    }

    // The two years were worth simulating.
    const reasons = new Set(simulated.notRun.map(({ because }) => because));
    expect(reasons.size).toBeGreaterThan(4);
    expect(simulated.attempts.filter(isSuccess).length).toBeGreaterThan(20);
  });

  it.each(hardZones.map((zone, index) => [zone, 2000 + index] as const))(
    'and of a clock that is set, in %s (seed %i)',
    (zone, seed) => {
      const plan = planFor(seed, zone, 'hours');
      const simulated = simulate(plan);
      const { slots, told, served } = accountOf(plan, simulated);
      expectNoneDouble(plan, simulated);
      expect(Math.max(...told)).toBe(1);

      // A snapshot that lay ahead of the clock served what passed before it.
      const covered = slots.map(() => false);
      for (const { now, lastSnapshotAt, accountedBefore } of simulated.asked) {
        if (lastSnapshotAt === null || lastSnapshotAt <= now) continue;
        const first = lastNotAfter(slots, accountedBefore ?? plan.since) + 1;
        for (let index = first; index <= lastNotAfter(slots, lastSnapshotAt); index++) covered[index] = true;
      }
      const wrong = slots.filter(
        (slot, index) =>
          slot < simulated.latest - 40 * 24 * hour &&
          told[index] === 0 &&
          (served[index] ?? 0) === 0 &&
          covered[index] !== true,
      );
      expect({ plan, wrong }).toEqual({ plan, wrong: [] });
      expect(simulated.asked.filter(({ decision }) => decision.aheadOfClock !== null)).toEqual([]);
    },
  );
});

describe('a clock that was wrong by up to a year', { timeout: 60_000 }, () => {
  it.each([4001, 4002, 4003, 4004])(
    'stops no schedule for longer than 36 hours after it is right (seed %i)',
    (seed) => {
      const plan = planFor(seed, 'Europe/Berlin', 'years');
      const { asked, attempts } = simulate(plan);
      const wrong = asked.filter(({ now, decision, rightSince, underWay }) => {
        if (rightSince === null || now - rightSince < 40 * hour || underWay || decision.kind !== 'idle') return false;
        const slot = slotsBetween(plan.schedule, now - 9 * 24 * hour, now, plan.zone).at(-1) ?? 0;
        // Idle although the newest slot has passed: it was served, or somebody cancelled it.
        return !attempts.some(
          (attempt) =>
            ((attempt.startedAt >= slot || (attempt.endedAt ?? 0) >= slot) && attempt.startedAt <= now) ||
            attempt.slot === slot,
        );
      });
      expect(wrong).toEqual([]);
      expect(asked.filter(({ decision }) => decision.aheadOfClock !== null).length).toBeGreaterThan(0);
    },
  );
});

describe('two years of schedules that follow what happens', { timeout: 60_000 }, () => {
  it.each([
    ...[3001, 3002, 3003, 3004, 3005, 3006].map((seed) => ({ seed, latest: {} })),
    ...[3007, 3008, 3009, 3010].map((seed) => ({ seed, latest: { latestAt: '03:00' } })),
  ])('seed $seed $latest', ({ seed, latest }) => {
    const random = new Random(seed);
    const schedule = { ...randomActivitySchedule(random), ...latest };
    const since = Date.UTC(2025, 5, 1, 12, 34, 56);
    const plan: SimulationPlan = {
      seed,
      zone: 'Europe/Berlin',
      schedule,
      conditions: randomConditions(random),
      since,
      days: 730,
      clockJumps: 'none',
    };
    const { asked, attempts, notRun } = simulate(plan);
    const made = attempts.filter(isSuccess);
    expect(made.length).toBeGreaterThan(30);

    // Never sooner than it may, unless time or a person asked for it.
    for (const [index, { startedAt, slot }] of made.entries()) {
      const before = made[index - 1];
      if (before === undefined || slot === null) continue;
      expect(startedAt - before.startedAt).toBeGreaterThanOrEqual((schedule.atMostEveryMinutes - 1) * minute);
    }

    // Each slot is told at most once and in order, and none that a run was made for.
    const servedSlots = new Set(made.map(({ slot }) => slot));
    for (const [index, record] of notRun.entries()) {
      expect(record.from).toBeGreaterThan(notRun[index - 1]?.to ?? 0);
      expect([servedSlots.has(record.from), servedSlots.has(record.to)]).toEqual([false, false]);
    }

    // Whenever the longest time passed, there was a run or it was told why not.
    const period = schedule.atLeastEveryHours * hour;
    const nightly: Schedule = { kind: 'daily', at: [schedule.latestAt ?? '00:00'], days: [...weekdays] };
    const forcedBetween = (start: number, next: number): number[] => {
      const earliest = start + schedule.atMostEveryMinutes * minute;
      if (schedule.latestAt !== undefined) return slotsBetween(nightly, earliest - 1, next, plan.zone).slice(0, -1);
      return Array.from(
        { length: Math.max(0, Math.floor((next - start) / period) - 1) },
        (_, n) => start + (n + 1) * period,
      );
    };
    const untold: number[] = [];
    for (const [index, { startedAt }] of made.slice(0, -1).entries()) {
      const next = made[index + 1]?.startedAt ?? 0;
      const start = Math.floor(startedAt / minute) * minute;
      for (const forced of forcedBetween(start, next)) {
        if (notRun.filter(({ from, to }) => from <= forced && forced <= to).length !== 1) untold.push(forced);
      }
    }
    expect(untold).toEqual([]);

    // What was decided twice in the same instant was decided the same way.
    for (const [index, { now, decision }] of asked.entries()) {
      const before = asked[index - 1];
      if (before?.now === now && before.decision.kind === 'held-back' && decision.kind === 'held-back') {
        expect(decision.slot).toBe(before.decision.slot);
      }
    }
  });
});
