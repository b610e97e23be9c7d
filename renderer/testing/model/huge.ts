import { emptyWorld, laneOf, repositoryOf, sourceOf } from './build.ts';
import { markOf } from './marks.ts';
import { plans } from './plans.ts';
import { seeded } from './random.ts';
import { backupRun, failedRun } from './runs.ts';
import { day, hour, midnight, type Plan, type World } from './world.ts';

const sources = 20;
const snapshotsEach = 500;

/** 20 sources with 10,000 snapshots over ten years, dense lately and thin long ago. */
export function hugeWorld(now: number): World {
  const world = emptyWorld(now);
  world.repositories = [repositoryOf('Backup disk', { snapshots: sources * snapshotsEach })];
  for (let index = 0; index < sources; index += 1) {
    const plan = hugePlan(index);
    const random = seeded(plan.key);
    const marks = Array.from({ length: snapshotsEach }, (_, at) => {
      const age =
        10 * 365 * day * (1 - at / snapshotsEach) ** 2.6 +
        hour * random.between(0.4, 3) +
        (isLate(index) ? 3 * day : 0);
      return markOf(plan, Math.round(now - age), {
        level: at % 17 === 0 ? 'torn' : plan.level,
        verified: at < snapshotsEach - 3,
      });
    }).sort((a, b) => a.time - b.time);
    const failure = failedRun(plan, now - (index + 2) * day, 'failed', 'The disk was full.', null);
    world.lanes.push(
      laneOf(plan, marks, {
        failures: [{ runId: failure.runId, at: now - (index + 2) * day, outcome: 'failed', text: 'the disk was full' }],
        staticBands: marks
          .slice(0, -1)
          .flatMap((mark, at) => (at % 5 === 0 ? [{ from: mark.time, to: mark.time + hour * 5 }] : [])),
        logBands: plan.level === 'application' ? [{ from: now - 30 * day, to: now }] : [],
        planned: [midnight(now, -1) + 2 * hour],
      }),
    );
    world.sources.push(sourceOf(plan, marks, now));
    world.runs.push(...marks.slice(-6).map((mark) => backupRun(plan, mark)));
  }
  world.runs.sort((a, b) => b.startedAt.localeCompare(a.startedAt));
  return world;
}

function hugePlan(index: number): Plan {
  const bases: Plan[] = Object.values(plans).filter(({ kind }) => kind !== 'group');
  const base = bases[index % bases.length] ?? plans.documents;
  return {
    ...base,
    key: `source-${index}`,
    name: `${base.name} ${Math.floor(index / bases.length) + 1}`,
    health: isLate(index) ? 'late' : 'safe',
    schedule: { kind: 'daily', at: ['02:00'], days: ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] },
    healthText: isLate(index) ? 'no snapshot for 3 days' : '',
  };
}

function isLate(index: number): boolean {
  return index % 7 === 6;
}
