import { applyKeepRules } from '../../../shared/domain/keep/apply.ts';
import type { KeepPlan } from '../../../shared/domain/keep/plan.ts';
import type { KeepRules } from '../../../shared/domain/keep/rules.ts';
import { nextRuns } from '../../../shared/domain/schedule/next-runs.ts';
import { usualQuiet } from '../../../shared/domain/usual-quiet.ts';
import type { SourceView } from '../../../shared/ipc/sources.ts';
import type { SnapshotMark } from '../../../shared/ipc/timeline.ts';
import { machineZone } from '../model/build.ts';
import { instantOf } from '../model/runs.ts';
import { day, type World } from '../model/world.ts';
import { fail, type Handlers } from './handlers.ts';

export const scheduleHandlers: Handlers = {
  'schedule.state': (_params, { world }) => world.schedule,
  'schedule.pause': ({ until }, { world, emit }) => {
    world.schedule = { ...world.schedule, pausedUntil: until };
    emit({ type: 'changed', topics: ['schedule'] });
    return world.schedule;
  },
  'schedule.allowStillPoints': ({ allowed }, { world, emit }) => {
    world.helper = { ...world.helper, canFreeze: allowed || world.helper.canFreeze, scheduledStillPoints: allowed };
    emit({ type: 'helper', helper: world.helper });
    return world.helper;
  },
  'schedule.quiet': ({ sourceId }, { world }) => {
    // A source whose bands are drawn was watched from the first of them until a moment ago.
    const bands = world.lanes.find((lane) => lane.sourceId === sourceId)?.staticBands ?? [];
    const quiet = bands.map(({ from, to }) => ({ fromMs: from, toMs: to }));
    const watched = quiet.slice(0, 1).map(({ fromMs }) => ({ fromMs, toMs: world.now - 40_000 }));
    return { usual: usualQuiet(quiet, watched, world.now), watchedUntil: watched[0]?.toMs ?? null };
  },
  'keep.plan': ({ sourceId, rules }, { world }) => {
    const source = world.sources.find(({ id }) => id === sourceId);
    if (source === undefined) throw fail('unknown-source', 'There is no such source.', 'Refresh the window.');
    return planOf(world, source, rules ?? source.policy.keep);
  },
};

export function planOf(world: World, source: SourceView, rules: KeepRules): KeepPlan {
  const zone = machineZone();
  const marks = (world.lanes.find((lane) => lane.sourceId === source.id)?.snapshots ?? []).filter(
    ({ kind }) => kind === 'backup',
  );
  const ruled = marks
    .filter(({ pinned }) => !pinned)
    .map(({ id, time }) => ({ id: `${id}`, time: Math.floor(time), tags: [] }));
  const now = new Map(applyKeepRules(ruled, rules, zone, world.now).map((decision) => [decision.id, decision]));
  const gone = whenTheyGo(world, source, rules, ruled);
  const newest = marks.at(-1)?.id;
  const newestGood = source.lastGood?.id;
  const snapshots = marks.toReversed().map((mark): KeepPlan['snapshots'][number] => {
    const decision = now.get(mark.id);
    const because = becauseOf(mark, decision?.keep === true, newest, newestGood);
    const keep = because !== null;
    return {
      id: mark.id,
      time: instantOf(mark.time),
      keep,
      rules: keep ? [...(decision?.reasons ?? [])] : [],
      because,
      goesAt: because === 'rule' && gone.has(mark.id) ? instantOf(gone.get(mark.id) ?? 0) : null,
    };
  });
  const keeping = snapshots.filter(({ keep }) => keep).length;
  return { snapshots, keeping, going: snapshots.length - keeping };
}

function becauseOf(
  mark: SnapshotMark,
  ruled: boolean,
  newest: string | undefined,
  newestGood: string | undefined,
): KeepPlan['snapshots'][number]['because'] {
  if (mark.pinned) return 'pinned';
  if (ruled) return 'rule';
  if (mark.id === newest) return 'newest';
  return mark.id === newestGood ? 'newest-good' : null;
}

/** Plays two years of planned runs, a week at a time, and notes when each snapshot falls out of the rules. */
function whenTheyGo(
  world: World,
  source: SourceView,
  rules: KeepRules,
  known: readonly { readonly id: string; readonly time: number; readonly tags: readonly string[] }[],
): Map<string, number> {
  const zone = machineZone();
  const { schedule, conditions } = source.policy;
  const future = nextRuns({ schedule, conditions, now: world.now, zone, lastSnapshotAt: null }, 2_200);
  const gone = new Map<string, number>();
  let kept = [...known];
  for (let at = world.now + 7 * day; at < world.now + 2 * 365 * day; at += 14 * day) {
    const added = future
      .filter((time) => time <= at && time > at - 14 * day && time > world.now)
      .map((time) => ({ id: `planned ${time}`, time, tags: [] }));
    const decisions = applyKeepRules([...kept, ...added], rules, zone, at);
    const staying = new Set(decisions.filter(({ keep }) => keep).map(({ id }) => id));
    for (const { id } of kept) if (!staying.has(id)) gone.set(id, at);
    kept = [...kept, ...added].filter(({ id }) => staying.has(id));
  }
  return gone;
}
