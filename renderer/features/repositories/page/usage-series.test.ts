import { describe, expect, it } from 'vitest';
import { axisSteps, timeTicks, usageSeries } from './usage-series.ts';

const day = 86_400_000;
const GiB = 1024 ** 3;

describe('usage over time', () => {
  it('is nothing without snapshots, or with none before now', () => {
    expect(usageSeries([], 5)).toBeNull();
    expect(usageSeries([{ at: 9, bytes: 1 }], 5)).toBeNull();
  });

  it('adds up in order of time and ends now', () => {
    const now = new Date(2026, 2, 20).getTime();
    const at = (month: number, date: number): number => new Date(2026, month, date).getTime();
    const series = usageSeries(
      [
        { at: at(2, 1), bytes: 5 },
        { at: at(0, 10), bytes: 100 },
        { at: at(0, 11), bytes: 20 },
      ],
      now,
    );
    expect(series?.points.map(({ total }) => total)).toEqual([100, 120, 125, 125]);
    expect(series?.points.at(-1)?.at).toBe(now);
    expect(series?.months.map(({ bytes, total }) => [bytes, total])).toEqual([
      [120, 120],
      [0, 120],
      [5, 125],
    ]);
  });

  it('draws no more steps than can be seen, and loses nothing of the sum', () => {
    const additions = Array.from({ length: 10_000 }, (_, n) => ({ at: n * 3_600_000, bytes: 1 }));
    const series = usageSeries(additions, 10_000 * 3_600_000);
    expect(series?.total).toBe(10_000);
    expect(series?.points.length).toBeLessThan(500);
    expect(series?.points.at(-1)?.total).toBe(10_000);
    expect(series?.months.reduce((sum, { bytes }) => sum + bytes, 0)).toBe(10_000);
  });
});

describe('axes', () => {
  it('have three to five round steps that reach the top', () => {
    for (const most of [1, 37 * GiB, 1023 * GiB, 5 * GiB, 1.2 * 1024 * GiB]) {
      const steps = axisSteps(most);
      expect(steps.at(-1)).toBeGreaterThanOrEqual(most);
      expect(steps.length).toBeGreaterThanOrEqual(3);
      expect(steps.length).toBeLessThanOrEqual(6);
    }
    expect(axisSteps(40 * GiB)).toEqual([0, 10, 20, 30, 40].map((n) => n * GiB));
  });

  it('name years, months or days, a handful of them', () => {
    const to = new Date(2026, 10, 20).getTime();
    for (const days of [3, 40, 300, 1400, 4000]) {
      const ticks = timeTicks(to - days * day, to);
      expect(ticks.length).toBeGreaterThanOrEqual(2);
      expect(ticks.length).toBeLessThanOrEqual(9);
    }
    expect(timeTicks(to - 1400 * day, to)[0]?.unit).toBe('year');
  });
});
