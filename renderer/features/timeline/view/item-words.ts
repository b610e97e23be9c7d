import type { TFunction } from 'i18next';
import type { SnapshotMark } from '../../../../shared/ipc/timeline.ts';
import { formatDay, formatTime, formatTimeSeconds } from '../../../ui/format/date-time.ts';
import { formatDuration } from '../../../ui/format/duration.ts';
import { shownLevel } from '../../../ui/level-shape.ts';

export type Words = TFunction<['timeline', 'levels']>;

/** `Held still for 11.8 ms` in its shortest form, or the level where nobody was held. */
export function stillnessOf(mark: SnapshotMark, t: Words): string {
  if (mark.stallMs !== null && mark.level === 'filesystem')
    return t('held', { duration: formatDuration(mark.stallMs) });
  return t(`levels:${shownLevel(mark.level)}.label`);
}

export function whenOf(time: number, now: number): string {
  return `${formatDay(time, now)}, ${formatTimeSeconds(time)}`;
}

/** The first and the last of the runs that were not made, the second day only where it is another. */
export function missedSpan(from: number, to: number, now: number): string {
  const [first, last] = [formatDay(from, now), formatDay(to, now)];
  if (from === to) return `${first}, ${formatTime(from)}`;
  return `${first}, ${formatTime(from)} – ${first === last ? '' : `${last}, `}${formatTime(to)}`;
}
