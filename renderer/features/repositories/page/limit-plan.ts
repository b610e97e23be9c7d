import {
  type LineDirection,
  type LineLimit,
  type LineLimits,
  lineLimitsSchema,
  rateAt,
} from '../../../../shared/domain/line-limits.ts';
import { type TimeWindow, weekdays } from '../../../../shared/domain/schedule/schedule.ts';

const quarter = 15 * 60_000;
const week = 7 * 86_400_000;

/** What holds now in one direction, and until when; `until` null: nothing changes within a week. */
export interface LimitNow {
  /** Bytes per second; null: no limit. */
  readonly rate: number | null;
  readonly until: number | null;
}

export function limitNow(limits: LineLimits, direction: LineDirection, now: number, zone: string): LimitNow {
  const rate = rateAt(limits, direction, now, zone);
  const first = Math.ceil((now + 1) / quarter) * quarter;
  // A change is looked for by the quarter of an hour, and then found to the minute.
  for (let at = first; at <= now + week; at += quarter) {
    if (rateAt(limits, direction, at, zone) === rate) continue;
    let changed = at;
    while (changed - 60_000 > now && rateAt(limits, direction, changed - 60_000, zone) !== rate) changed -= 60_000;
    return { rate, until: changed };
  }
  return { rate, until: null };
}

/** The rate of each hour of a week, Monday first, by the wall clock; null: no limit. */
export function weekOf(limits: LineLimits, direction: LineDirection): (number | null)[][] {
  return weekdays.map((_, day) =>
    Array.from({ length: 24 }, (_hour, hour) => {
      // A Monday in a zone without changes of the clock: only the wall clock counts.
      const at = Date.UTC(2024, 0, 1 + day, hour, 30);
      return rateAt(limits, direction, at, 'UTC');
    }),
  );
}

export const rateUnits = { KiB: 1024, MiB: 1024 ** 2 } as const;
export type RateUnit = keyof typeof rateUnits;

/** A limit as it is edited. An amount that is empty or no number is null, and said at its field. */
export interface LimitDraft {
  readonly direction: LineDirection;
  readonly amount: number | null;
  readonly unit: RateUnit;
  readonly window: TimeWindow | null;
}

export function draftOf({ direction, bytesPerSecond, window }: LineLimit): LimitDraft {
  const unit: RateUnit = bytesPerSecond % rateUnits.MiB === 0 ? 'MiB' : 'KiB';
  return { direction, amount: bytesPerSecond / rateUnits[unit], unit, window: window ?? null };
}

export type LimitField = 'amount' | 'from' | 'to' | 'days';

/** The limits that drafts mean, or what is wrong with which field of which. */
export function readDrafts(drafts: readonly LimitDraft[]): {
  readonly limits: LineLimits | null;
  readonly errors: readonly Partial<Record<LimitField, string>>[];
} {
  const wanted = drafts.map(({ direction, amount, unit, window }) => ({
    direction,
    bytesPerSecond: amount === null ? Number.NaN : Math.round(amount * rateUnits[unit]),
    ...(window === null ? {} : { window }),
  }));
  const read = lineLimitsSchema.safeParse(wanted);
  const errors: Partial<Record<LimitField, string>>[] = drafts.map(() => ({}));
  for (const { path, message } of read.error?.issues ?? []) {
    const errorsOf = errors[Number(path[0])];
    if (errorsOf !== undefined) errorsOf[fieldOf(path.map(String))] ??= sentence(message);
  }
  return { limits: read.success ? read.data : null, errors };
}

/** The contract says what is wrong as a part of a sentence. */
function sentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}

function fieldOf(path: readonly string[]): LimitField {
  const last = path[2];
  return path[1] === 'window' && (last === 'from' || last === 'to' || last === 'days') ? last : 'amount';
}
