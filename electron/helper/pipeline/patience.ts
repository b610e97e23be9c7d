import type { Policy } from '../../../shared/domain/policy.ts';

const minute = 60_000;
const hour = 60 * minute;

/**
 * How long a backup waits for somebody who has the repository to themselves (a prune may take hours), in milliseconds: until
 * the next run of its plan would come, at least ten minutes and at most six hours. Who no longer runs is not waited for.
 */
export function patienceOf({ schedule }: Pick<Policy, 'schedule'>): number {
  return Math.min(6 * hour, Math.max(10 * minute, untilNext(schedule)));
}

function untilNext(schedule: Policy['schedule']): number {
  switch (schedule.kind) {
    case 'hourly':
      return schedule.everyHours * hour;
    case 'daily':
      return (24 / schedule.at.length) * hour;
    case 'quiet':
    case 'changes':
      return schedule.atLeastEveryHours * hour;
    case 'manual':
      return hour;
  }
}
