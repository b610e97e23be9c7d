import type { Schedule } from './schedule.ts';

/** Instants named by the schedule with `after` < slot <= `until`, ascending. Empty for schedules without a clock. */
export function slotsBetween(_schedule: Schedule, _after: number, _until: number, _zone: string): number[] {
  throw new Error('not written yet');
}
