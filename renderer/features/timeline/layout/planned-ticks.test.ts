import { expect, it } from 'vitest';
import { endOf, startOf } from '../time/viewport.ts';
import { plannedTicks } from './planned-ticks.ts';

const hour = 3_600_000;
const start = Date.UTC(2026, 10, 20);
const hourly = Array.from({ length: 48 }, (_, n) => start + n * hour);

/** A canvas on which an hour is that wide, beginning at `from`. */
function ticksOf(hourWidth: number, width: number, from = start, now = start): ReturnType<typeof plannedTicks> {
  const viewport = { origin: from, from: 0, span: (width / hourWidth) * hour };
  expect([startOf(viewport), endOf(viewport)]).toEqual([from, from + (width / hourWidth) * hour]);
  return plannedTicks(hourly, now, viewport, width);
}

it('draws each run where there is room, and nothing before now or beyond the edges', () => {
  const { ticks, bands } = ticksOf(20, 100, start + hour, start + 3 * hour);
  expect(ticks.map(({ x }) => Math.round(x))).toEqual([40, 60, 80, 100]);
  expect(ticks[0]?.time).toBe(start + 3 * hour);
  expect(bands).toEqual([]);
});

it('draws the next one and a band where they would stand too close', () => {
  const { ticks, bands } = ticksOf(4, 100, start, start + 2 * hour);
  expect(ticks.map(({ time }) => time)).toEqual([start + 2 * hour]);
  expect(bands).toEqual([{ from: 8, to: 100 }]);
});

it('ends a band at the last run, and begins it at the edge where the first is not on the screen', () => {
  const { ticks, bands } = ticksOf(4, 1000, start + 10 * hour);
  expect(ticks).toEqual([]);
  expect(bands).toEqual([{ from: 0, to: 37 * 4 }]);
});

it('keeps what stands alone apart from what stands close', () => {
  const planned = [0, 1, 2, 30].map((n) => start + n * hour);
  const { ticks, bands } = plannedTicks(planned, start, { origin: start, from: 0, span: 100 * hour }, 400);
  expect(ticks.map(({ x }) => x)).toEqual([0, 120]);
  expect(bands).toEqual([{ from: 0, to: 8 }]);
});
