/** What one snapshot brought, in bytes as stored. */
export interface Addition {
  readonly at: number;
  readonly bytes: number;
}

export interface UsagePoint {
  readonly at: number;
  /** Everything up to here. */
  readonly total: number;
}

export interface UsageMonth {
  /** The first instant of the month, on the clock of this machine. */
  readonly start: number;
  readonly bytes: number;
  /** At its end. */
  readonly total: number;
}

export interface UsageSeries {
  readonly from: number;
  readonly to: number;
  readonly total: number;
  /** At most so many as are worth drawing. */
  readonly points: readonly UsagePoint[];
  /** Every month from the first to now, also those in which nothing came. */
  readonly months: readonly UsageMonth[];
}

/** More steps than a chart has pixels for a step of its own. */
const mostPoints = 400;

/** What additions come to over time, oldest first; null where there is none. */
export function usageSeries(additions: readonly Addition[], now: number): UsageSeries | null {
  const inOrder = additions.filter(({ at }) => at <= now).toSorted((a, b) => a.at - b.at);
  const first = inOrder[0];
  if (first === undefined) return null;
  const span = Math.max(1, now - first.at);
  const points: UsagePoint[] = [];
  const months = monthsBetween(first.at, now).map((start) => ({ start, bytes: 0, total: 0 }));
  let total = 0;
  let month = 0;
  for (const { at, bytes } of inOrder) {
    while (month + 1 < months.length && at >= (months[month + 1]?.start ?? Number.POSITIVE_INFINITY)) {
      close(months[month], total);
      month += 1;
    }
    total += bytes;
    const current = months[month];
    if (current !== undefined) current.bytes += bytes;
    const last = points.at(-1);
    // What falls on the same pixel is one step.
    if (last !== undefined && points.length > 1 && at - last.at < span / mostPoints)
      points[points.length - 1] = { at: last.at, total };
    else points.push({ at, total });
  }
  for (const open of months.slice(month)) close(open, total);
  return { from: first.at, to: now, total, points: [...points, { at: now, total }], months };
}

function close(month: { total: number } | undefined, total: number): void {
  if (month !== undefined) month.total = total;
}

function monthsBetween(from: number, to: number): number[] {
  const starts: number[] = [];
  const first = new Date(from);
  for (let back = 0; ; back += 1) {
    const start = new Date(first.getFullYear(), first.getMonth() + back, 1).getTime();
    if (start > to) return starts;
    starts.push(start);
  }
}

/** Round figures for an axis from 0: three to five, the last at or above `most`. */
export function axisSteps(most: number): number[] {
  if (most <= 0) return [0];
  const unit = 1024 ** Math.floor(Math.log(most) / Math.log(1024));
  const rough = most / unit / 4;
  const power = 10 ** Math.floor(Math.log10(rough));
  const factor = [1, 2, 2.5, 5, 10].find((candidate) => candidate * power >= rough) ?? 10;
  const step = factor * power * unit;
  const count = Math.ceil(most / step - 1e-9);
  return Array.from({ length: count + 1 }, (_, at) => at * step);
}

/** Where to write times below: the beginnings of years, months or days, four to eight of them. */
export function timeTicks(
  from: number,
  to: number,
): { readonly at: number; readonly unit: 'year' | 'month' | 'day' }[] {
  const day = 86_400_000;
  const days = (to - from) / day;
  const unit = days > 900 ? 'year' : days > 75 ? 'month' : 'day';
  const length = unit === 'year' ? 365.25 : unit === 'month' ? 30.44 : 1;
  const every = Math.max(1, Math.ceil(days / length / 7));
  const begin = new Date(from);
  const ticks: { at: number; unit: typeof unit }[] = [];
  for (let n = 0; n < 2000; n += 1) {
    const date =
      unit === 'year'
        ? new Date(begin.getFullYear() + n * every, 0, 1)
        : unit === 'month'
          ? new Date(begin.getFullYear(), begin.getMonth() + n * every, 1)
          : new Date(begin.getFullYear(), begin.getMonth(), begin.getDate() + n * every);
    if (date.getTime() > to) break;
    if (date.getTime() >= from) ticks.push({ at: date.getTime(), unit });
  }
  return ticks;
}
