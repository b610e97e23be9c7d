import type { TFunction } from 'i18next';
import type { UsualQuiet } from '../../shared/domain/usual-quiet.ts';
import type { QuietRecord } from '../../shared/ipc/schedule.ts';

type Words = TFunction<'quiet-times'>;

/** Looks are made every minute, and shown some minutes later; what was seen last is no older while somebody watches. */
const lookMs = 7 * 60_000;

/** Whether somebody watches a source: without that, nothing is known of its quiet. */
export type Watching = 'on' | 'off' | 'never';

export function watchingOf({ watchedUntil }: Pick<QuietRecord, 'watchedUntil'>, now: number): Watching {
  if (watchedUntil === null) return 'never';
  return now - watchedUntil < lookMs ? 'on' : 'off';
}

/** `Usually quiet 01:00–05:30, seen on 12 of 14 nights`; `clock` writes minutes from midnight as the locale does. */
export function usualQuietWords(usual: UsualQuiet, clock: (minutes: number) => string, t: Words): string {
  const { fromMinute, toMinute, days, ofDays } = usual;
  const values = { from: clock(fromMinute), to: clock(toMinute), days, ofDays };
  if (fromMinute === 0 && toMinute === 1440) return t('usual.always', values);
  return t(isNight(usual) ? 'usual.night' : 'usual.day', values);
}

/** Past midnight, or over before people begin to work. */
function isNight({ fromMinute, toMinute }: UsualQuiet): boolean {
  return fromMinute >= 20 * 60 || toMinute <= 9 * 60 || (toMinute <= fromMinute && toMinute > 0);
}

/** A moment of the band that goes on: as fresh as looks are. */
export function isGoingOn(to: number, now: number): boolean {
  return now - to < lookMs;
}
