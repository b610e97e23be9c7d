import type { AlertEvent } from '../../../shared/domain/alerts.ts';

const minute = 60_000;
const hour = 60 * minute;

const growing = [1 * minute, 5 * minute, 15 * minute, 1 * hour, 3 * hour, 6 * hour, 12 * hour];
export const longestPause = 24 * hour;

/** How long to wait after so many attempts in vain (at least one). */
export function pauseAfter(failures: number): number {
  return growing[failures - 1] ?? longestPause;
}

/**
 * How long an alert is worth sending. Success is: a watcher that is told of it hours later would take the old backup for a
 * new one.
 */
export function worthUntil(event: AlertEvent, putAt: number): number {
  if (event === 'succeeded') return putAt + hour;
  if (event === 'test') return putAt + hour;
  return putAt + 7 * 24 * hour;
}
