import type { TimeWindow } from './schedule.ts';

/** When runs may begin between two instants, merged and ascending. Without windows: all of it. */
export function windowBands(
  _windows: readonly TimeWindow[],
  _from: number,
  _to: number,
  _zone: string,
): { readonly from: number; readonly to: number }[] {
  throw new Error('not written yet');
}
