import { type Schedule, type TimeWindow, weekdays } from '../schedule.ts';

/** Zones that are hard: half hours, both hemispheres, no DST, a change at a minute past, two changes a year around Ramadan,
 * two hours at once, a day left out. */
export const hardZones = [
  'UTC',
  'Europe/Berlin',
  'America/New_York',
  'Australia/Lord_Howe',
  'Asia/Kolkata',
  'America/St_Johns',
  'Africa/Casablanca',
  'Antarctica/Troll',
  'America/Havana',
] as const;

const minute = 60_000;

export interface Shown {
  readonly at: number;
  /** `2026-03-29` and `02:30`, as a clock on the wall shows them. */
  readonly date: string;
  readonly time: string;
  readonly weekday: string;
}

/** What a clock on the wall shows minute by minute, asked of Intl: nothing here is shared with what is tested. */
export function shownBetween(from: number, to: number, zone: string): Shown[] {
  const format = new Intl.DateTimeFormat('en-GB', {
    timeZone: zone,
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    weekday: 'short',
    hourCycle: 'h23',
  });
  const shown: Shown[] = [];
  for (let at = Math.ceil(from / minute) * minute; at <= to; at += minute) {
    const parts = new Map(format.formatToParts(at).map(({ type, value }) => [type, value]));
    shown.push({
      at,
      date: `${parts.get('year')}-${parts.get('month')}-${parts.get('day')}`,
      time: `${parts.get('hour')}:${parts.get('minute')}`,
      weekday: (parts.get('weekday') ?? '').toLowerCase(),
    });
  }
  return shown;
}

/** Slots by looking at every minute. `shown` begins at least two days before `after`. */
export function slotsByLooking(schedule: Schedule, after: number, until: number, shown: readonly Shown[]): number[] {
  const found = schedule.kind === 'daily' ? dailyByLooking(schedule, shown) : hourlyByLooking(schedule, shown);
  return [...new Set(found)].filter((at) => at > after && at <= until).sort((a, b) => a - b);
}

function hourlyByLooking(schedule: Schedule, shown: readonly Shown[]): number[] {
  if (schedule.kind !== 'hourly') return [];
  const fits = ({ time }: Shown): boolean =>
    Number(time.slice(0, 2)) % schedule.everyHours === 0 && Number(time.slice(3)) === schedule.minute;
  return shown.filter(fits).map(({ at }) => at);
}

function dailyByLooking(schedule: Extract<Schedule, { kind: 'daily' }>, shown: readonly Shown[]): number[] {
  const first = new Map<string, number>();
  for (const { date, time, at } of shown) if (!first.has(`${date} ${time}`)) first.set(`${date} ${time}`, at);
  const begin = shown[0];
  const end = shown.at(-1);
  const found: number[] = [];
  if (begin === undefined || end === undefined) return found;
  for (let day = Date.parse(begin.date); day <= Date.parse(end.date); day += 24 * 60 * minute) {
    const date = new Date(day).toISOString().slice(0, 10);
    const weekday = weekdays[(new Date(day).getUTCDay() + 6) % 7];
    if (weekday === undefined || !schedule.days.includes(weekday)) continue;
    for (const time of schedule.at) {
      const named = `${date} ${time}`;
      if (named < `${begin.date} ${begin.time}` || named > `${end.date} ${end.time}`) continue;
      // A time that is never shown begins with the first later one that is.
      const slot = first.get(named) ?? shown.find((moment) => `${moment.date} ${moment.time}` > named)?.at;
      if (slot !== undefined) found.push(slot);
    }
  }
  return found;
}

/** Whether what the clock shows lies in a window. */
export function isAllowedByLooking(windows: readonly TimeWindow[], { date, time, weekday }: Shown): boolean {
  const dayBefore = weekdays[(new Date(Date.parse(date)).getUTCDay() + 5) % 7];
  return windows.some(({ days, from, to }) => {
    const begins = (days as readonly string[]).includes(weekday);
    const began = dayBefore !== undefined && days.includes(dayBefore);
    if (to > from) return begins && time >= from && time < to;
    return (begins && time >= from) || (began && time < to);
  });
}
