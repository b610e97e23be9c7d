import type { ConsistencyLevel } from '../../../shared/domain/level.ts';
import type { SnapshotMark } from '../../../shared/ipc/timeline.ts';
import { repositoryIdOf, runIdOf, snapshotIdOf } from './ids.ts';
import { seeded } from './random.ts';
import { day, hour, type Plan } from './world.ts';

/** A snapshot of a source, asked for at `askedAt`. The same plan and time give the same snapshot. */
export function markOf(
  plan: Plan,
  askedAt: number,
  changes: { readonly level?: ConsistencyLevel; readonly verified?: boolean; readonly pinned?: boolean } = {},
): SnapshotMark {
  const name = `${plan.key} ${askedAt}`;
  const random = seeded(name);
  const time = askedAt + 3_412.117 + random.between(0, 900);
  const stallMs = plan.stallMs === null ? null : round(skewed(random.next(), plan.stallMs), 3);
  const growth = 1 + (time - Date.UTC(2026, 0, 1)) / (day * 4_000);
  return {
    id: snapshotIdOf(name),
    repositoryId: repositoryIdOf(plan.repository),
    runId: runIdOf(name),
    time,
    askedAt,
    level: changes.level ?? plan.level,
    method: plan.method,
    stallMs,
    frozenAt: stallMs === null ? null : time,
    thawedAt: stallMs === null ? null : time + stallMs,
    kind: 'backup',
    pinned: changes.pinned ?? false,
    verified: changes.verified ?? true,
    files: Math.round(plan.files * growth),
    bytes: Math.round(plan.bytes * growth),
    newBytes: Math.round((plan.bytes / 70) * random.between(0.2, 1.8)),
  };
}

/** What a retention keeps: all of the last days at the given hours, then one a day, one a week, one a month. */
export function keptTimes(now: number, since: number, hours: readonly number[]): number[] {
  const times: number[] = [];
  for (let back = 0; ; back += 1) {
    const date = new Date(now - back * day);
    const base = new Date(date.getFullYear(), date.getMonth(), date.getDate()).getTime();
    if (base < since) break;
    const kept =
      back < 14
        ? hours
        : back < 60
          ? hours.slice(0, 1)
          : back < 400
            ? date.getDay() === 1
              ? hours.slice(0, 1)
              : []
            : date.getDate() === 1
              ? hours.slice(0, 1)
              : [];
    for (const at of kept) times.push(base + at * hour);
  }
  return times.filter((time) => time < now).sort((a, b) => a - b);
}

/** Most pauses are short, a few are long. */
function skewed(fraction: number, [low, high]: readonly [number, number]): number {
  return low * (high / low) ** (fraction * fraction);
}

function round(value: number, digits: number): number {
  return Number(value.toFixed(digits));
}
