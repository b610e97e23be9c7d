import type { Settings } from '../../../../shared/ipc/app.ts';
import type { TimelineController } from '../control/controller.ts';
import { type Preset, presetLength, presets } from '../control/limits.ts';
import { endOf, startOf } from '../time/viewport.ts';

type Range = Pick<NonNullable<Settings['timelineView']>, 'from' | 'to'>;

/**
 * What is stored of a view. A range of its own is stored as it is. One that follows now is stored as a length from 1970
 * on, a time no view can show: after a restart it follows now again instead of showing the day the app was closed.
 */
export function keptRange({ following, viewport }: Pick<TimelineController, 'following' | 'viewport'>): Range {
  return following === null
    ? { from: startOf(viewport), to: endOf(viewport) }
    : { from: 0, to: presetLength(following) };
}

export function restoredRange(stored: Range | null): Preset | Range {
  if (stored === null || !(stored.to > stored.from)) return 'week';
  if (stored.from !== 0) return { from: stored.from, to: stored.to };
  return presets.find((preset) => presetLength(preset) === stored.to) ?? 'week';
}
