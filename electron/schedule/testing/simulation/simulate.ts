import type { Look } from '../../contract.ts';
import { type Findings, judge } from './judge.ts';
import { type SimulatedRunner, startScheduler } from './simulated-scheduler.ts';
import { day, hour, minute, type SimulatedSource, SimulatedWorld } from './world.ts';

export interface Simulation {
  readonly seed: number;
  readonly zone: string;
  readonly start: number;
  readonly days: number;
  readonly sources: readonly SimulatedSource[];
}

/**
 * Lets time pass over the app's scheduler, now and then with the command line's beside it, over absent disks, failures,
 * sleep, pauses and power cuts at any effect; then over a calm end, after which nothing may be open.
 */
export async function simulate({ seed, zone, start, days, sources }: Simulation): Promise<Findings> {
  const world = new SimulatedWorld(seed, zone, start, sources);
  const { random } = world;
  let app: SimulatedRunner | null = null;
  let cuts = 0;

  const survive = async (runner: SimulatedRunner, work: () => Promise<unknown>): Promise<void> => {
    if (random.chance(0.03)) runner.process.cutAfter(random.int(1, 60));
    await Promise.race([work().catch(() => undefined), runner.process.died]);
    if (!runner.process.alive) cuts++;
    else runner.process.cutAfter(Number.POSITIVE_INFINITY);
  };

  const end = start + days * day;
  while (world.now < end) {
    pass(world);
    if (app && (!app.process.alive || random.chance(0.002))) {
      app.process.kill();
      app = null;
      // How its runs ended cannot be asked for a while.
      if (random.chance(0.4)) world.awayUntil = world.now + random.int(1, 30) * hour;
      // Mostly it is started again at once; now and then somebody is on holiday.
      if (random.chance(0.2)) world.pass(random.int(1, 100) * hour, true);
    }
    app ??= startScheduler(world, 'app');
    const [own, other] = [app, random.chance(0.03) ? startScheduler(world, 'command-line') : null];
    if (random.chance(0.001)) {
      const until = random.chance(0.2) ? 'forever' : world.now + random.int(1, 40) * hour;
      await survive(own, () => own.scheduler.pause(until));
    } else if (world.pausedUntil === 'forever' && random.chance(0.02)) {
      await survive(own, () => own.scheduler.pause(null));
    }
    const person = random.chance(0.005) ? random.pick(world.sources) : null;
    await Promise.all([
      survive(own, () => Promise.all([own.scheduler.tick(), person ? own.runAsked(person) : undefined])),
      other ? survive(other, () => other.scheduler.tick()) : undefined,
    ]);
    other?.process.kill();
  }
  app?.process.kill();
  const { lookedAt, open } = await calmDown(world);
  return judge(world, lookedAt, open, cuts);
}

interface Calm {
  readonly lookedAt: number;
  /** Slots that wait for an allowed time. */
  readonly open: readonly number[];
}

/** Nothing is in the way any more: what is owed is served, what was left open is settled. */
async function calmDown(world: SimulatedWorld): Promise<Calm> {
  world.calm = true;
  world.pausedUntil = null;
  const { scheduler } = startScheduler(world, 'app');
  let lookedAt = world.now;
  let last: readonly Look[] = [];
  for (let looks = 0; looks < 60; looks++) {
    world.pass(5 * minute, true);
    lookedAt = world.now;
    last = await scheduler.tick();
  }
  return { lookedAt, open: last.flatMap((look) => (look.kind === 'held-back' ? [look.slot] : [])) };
}

function pass(world: SimulatedWorld): void {
  const { random } = world;
  if (random.chance(0.01)) world.pass(random.int(1, 30) * hour, false);
  else world.pass(random.int(1, 60) * minute, true);
}
