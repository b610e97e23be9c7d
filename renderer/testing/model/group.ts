import { plannedLane, sourceOf } from './build.ts';
import { keptTimes, markOf } from './marks.ts';
import { plans } from './plans.ts';
import { backupRun } from './runs.ts';
import { day, type World } from './world.ts';

/** A bookkeeping program keeps its data and its log on two filesystems: both are one source. */
export function groupWorld(world: World): World {
  const { now } = world;
  const marks = keptTimes(now, now - 160 * day, [3, 15]).map((time) => markOf(plans.ledger, time));
  const [documents, ...others] = world.lanes;
  const lane = plannedLane(plans.ledger, marks, now);
  world.lanes = documents === undefined ? [lane] : [documents, lane, ...others];
  const [first, ...sources] = world.sources;
  const source = sourceOf(plans.ledger, marks, now);
  world.sources = first === undefined ? [source] : [first, source, ...sources];
  world.runs = [...marks.slice(-6).map((mark) => backupRun(plans.ledger, mark)), ...world.runs].sort((a, b) =>
    b.startedAt.localeCompare(a.startedAt),
  );
  return world;
}
