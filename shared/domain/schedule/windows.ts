import type { TimeWindow } from './schedule.ts';
import { dayMs, dayOf, minuteMs, minutesOf, stretchesBetween, weekdayOf } from './wall-clock.ts';

/** From the first instant of it up to, not with, the last. */
export interface Band {
  readonly from: number;
  readonly to: number;
}

/**
 * When runs may begin between two instants, merged and ascending. Without windows: all of it. An instant is allowed when
 * the wall clock then shows a time within a window: an hour that comes twice is allowed twice.
 */
export function windowBands(windows: readonly TimeWindow[], from: number, to: number, zone: string): Band[] {
  if (!(to > from)) return [];
  if (windows.length === 0) return [{ from, to }];
  const bands: Band[] = [];
  for (const stretch of stretchesBetween(from, to, zone)) {
    const lowest = Math.max(stretch.from, from);
    const end = Math.min(stretch.to, to);
    // A window that passes midnight began the day before.
    for (let day = dayOf(lowest + stretch.offset) - 1; day <= dayOf(end + stretch.offset); day++) {
      for (const window of windows) {
        if (!window.days.includes(weekdayOf(day))) continue;
        const opens = minutesOf(window.from) * minuteMs;
        const closes = minutesOf(window.to) * minuteMs;
        const start = day * dayMs - stretch.offset;
        const band = {
          from: Math.max(lowest, start + opens),
          to: Math.min(end, start + closes + (closes <= opens ? dayMs : 0)),
        };
        if (band.from < band.to) bands.push(band);
      }
    }
  }
  return merged(bands);
}

/** An instant itself when it is allowed, else when the next window opens. Null: none does. */
export function nextAllowed(windows: readonly TimeWindow[], at: number, zone: string): number | null {
  if (windows.length === 0) return at;
  // A weekly window may fall into the hour that a zone leaves out, so a week is not always enough.
  for (const days of [2, 9, 30]) {
    const band = windowBands(windows, at, at + days * dayMs, zone)[0];
    if (band !== undefined) return band.from;
  }
  return null;
}

function merged(bands: readonly Band[]): Band[] {
  const result: Band[] = [];
  for (const band of [...bands].sort((a, b) => a.from - b.from)) {
    const last = result.at(-1);
    if (last !== undefined && band.from <= last.to) {
      result[result.length - 1] = { from: last.from, to: Math.max(last.to, band.to) };
    } else {
      result.push(band);
    }
  }
  return result;
}
