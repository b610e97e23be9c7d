import { describe, expect, it } from 'vitest';
import { buildScene } from '../../../testing/model/scenes.ts';
import { rowsOf, sortRows, tableColumns } from './table-rows.ts';

const now = new Date(2026, 10, 20, 9, 41).getTime();
const { lanes } = buildScene('normal', now);
const rows = rowsOf(lanes, now);

describe('the table', () => {
  it('holds everything the lanes hold', () => {
    const onLanes = lanes.reduce(
      (sum, lane) => sum + lane.snapshots.length + lane.failures.length + lane.planned.length,
      0,
    );
    expect(rows.length).toBe(onLanes);
    expect(new Set(rows.map(({ key }) => key)).size).toBe(onLanes);
  });

  it('tells of runs that were not made in one row, with how many, and of no plan that is past', () => {
    const missed = buildScene('missed', now);
    const spans = missed.lanes.flatMap((lane) => lane.missed);
    const told = rowsOf(missed.lanes, now).filter(({ notMade }) => notMade !== null);
    expect(told.map(({ notMade }) => notMade?.runs)).toEqual(spans.map(({ runs }) => runs));
    expect(rowsOf(missed.lanes, now + 3_600_000).some(({ kind, time }) => kind === 'planned' && time <= now)).toBe(
      false,
    );
  });

  it.each(tableColumns)('sorted by %s keeps every row, and the other direction begins with the other end', (column) => {
    const up = sortRows(rows, { column, descending: false }, 'en');
    const down = sortRows(rows, { column, descending: true }, 'en');
    expect(new Set(up)).toEqual(new Set(rows));
    expect(new Set(down)).toEqual(new Set(rows));
    expect(up[0]).not.toBe(down[0]);
  });

  it('puts rows without a value last in both directions', () => {
    for (const descending of [false, true]) {
      const sorted = sortRows(rows, { column: 'pause', descending }, 'en');
      const firstWithout = sorted.findIndex(({ mark }) => (mark?.stallMs ?? null) === null);
      expect(firstWithout).toBeGreaterThan(0);
      expect(sorted.slice(firstWithout).every(({ mark }) => (mark?.stallMs ?? null) === null)).toBe(true);
    }
  });

  it('shows the longest pause first when asked', () => {
    const sorted = sortRows(rows, { column: 'pause', descending: true }, 'en');
    const longest = Math.max(...rows.map(({ mark }) => mark?.stallMs ?? 0));
    expect(sorted[0]?.mark?.stallMs).toBe(longest);
  });
});
