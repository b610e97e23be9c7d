import type { CarePlan, MadeCheck } from '../../../../shared/domain/care.ts';

const day = 86_400_000;

/** After a check that could not be done it is tried again, so much later. */
const againMs = 60 * 60_000;

/**
 * When the next check of a plan is due: so long after the last one that read as much, whoever asked for it, and not before
 * the plan was made. Months are by the calendar of the machine.
 */
export function nextCheckAt(plan: CarePlan, since: number, checks: readonly MadeCheck[]): number {
  const done = checks.filter(({ outcome, checked }) => outcome !== 'not-done' && isTurn(plan, checked));
  const last = done.reduce<number | null>((newest, { at }) => Math.max(newest ?? at, at), null);
  const due = last === null ? since : later(plan, last);
  const failed = checks.filter(({ outcome, planned, at }) => planned && outcome === 'not-done' && at > (last ?? 0));
  return failed.reduce((at, check) => Math.max(at, check.at + againMs), due);
}

function isTurn({ of }: CarePlan, checked: MadeCheck['checked']): boolean {
  if (checked === null) return false;
  return checked.what === 'all' || (checked.what === 'share' && checked.of === of);
}

function later({ every }: CarePlan, from: number): number {
  if (every !== 'month') return from + (every === 'week' ? 7 : 1) * day;
  const date = new Date(from);
  const wanted = date.getDate();
  date.setMonth(date.getMonth() + 1);
  // The last day of a shorter month, not the first days of the one after it.
  if (date.getDate() !== wanted) date.setDate(0);
  return date.getTime();
}
