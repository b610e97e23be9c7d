import { describe, expect, it } from 'vitest';
import { quantile, spreadOf } from './figures.ts';

describe('figures', () => {
  it('give the middle, not the mean', () => {
    expect(spreadOf([1, 100, 2])).toMatchObject({ median: 2, min: 1, max: 100, count: 3 });
    expect(spreadOf([1, 2, 3, 4]).median).toBe(2.5);
    expect(quantile([0, 10], 0.95)).toBeCloseTo(9.5);
  });

  it('say when there are none', () => {
    expect(spreadOf([]).median).toBeNaN();
  });
});
