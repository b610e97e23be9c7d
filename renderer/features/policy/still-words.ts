import { defaultStillRules, type StillRules } from '../../../shared/domain/still-rules.ts';
import { type Words, windowSpan } from './schedule-words.ts';

/** What keeps programs from being held, as parts of a sentence; none where nothing does. */
export function stillWords({ windows, onBattery, busyDisk, hooks }: StillRules, t: Words): string[] {
  return [
    ...(windows.length === 0
      ? []
      : [t('heldBack.windows', { windows: windows.map((each) => windowSpan(each, t)).join(', ') })]),
    ...(onBattery === 'live' ? [t('heldBack.battery')] : []),
    ...(busyDisk.afterwards === 'live' ? [t('heldBack.busy')] : []),
    ...(hooks.length === 0 ? [] : [t('heldBack.hooks', { count: hooks.length })]),
  ];
}

export function isUsualStill({ windows, onBattery, busyDisk, hooks }: StillRules): boolean {
  const usual = defaultStillRules;
  return (
    windows.length === 0 &&
    hooks.length === 0 &&
    onBattery === usual.onBattery &&
    busyDisk.waitSeconds === usual.busyDisk.waitSeconds &&
    busyDisk.afterwards === usual.busyDisk.afterwards
  );
}
