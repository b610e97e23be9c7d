import { describe, expect, it } from 'vitest';
import { between, centerOn, endOf, minSpan, panBy, startOf, toTime, toX, viewportOf, zoomAt } from './viewport.ts';

const now = Date.UTC(2026, 10, 20, 2, 0, 3, 412);
const tenYears = 3652 * 86_400_000;
const limits = { earliest: now - tenYears, latest: now + 86_400_000 };
const width = 1000;

describe('toX', () => {
  it('puts the edges at the edges', () => {
    const view = viewportOf(now - 5000, now + 5000);
    expect(toX(view, width, now - 5000)).toBe(0);
    expect(toX(view, width, now + 5000)).toBe(width);
    expect(toX(view, width, now)).toBe(width / 2);
  });

  it('tells a hundredth of a millisecond apart at the deepest zoom', () => {
    const view = viewportOf(now, now + 1);
    const one = toX(view, width, now + 0.5);
    const other = toX(view, width, now + 0.51);
    expect(other - one).toBeGreaterThan(9.7);
    expect(other - one).toBeLessThan(10.3);
  });
});

describe('zoomAt', () => {
  it('keeps the time under the pointer, from ten years to one millisecond', () => {
    const pointer = 617;
    let view = viewportOf(limits.earliest, limits.latest);
    const under = toTime(view, width, pointer);
    const target = Math.round(under);
    while (view.span > minSpan) view = zoomAt(view, width, toX(view, width, target), 1.25, limits);
    expect(view.span).toBe(minSpan);
    expect(toTime(view, width, toX(view, width, target))).toBeCloseTo(target, 6);
    expect(startOf(view)).toBeLessThanOrEqual(target);
    expect(endOf(view)).toBeGreaterThanOrEqual(target);
  });

  it('comes back to where it was', () => {
    const before = viewportOf(now - 86_400_000, now);
    const after = zoomAt(zoomAt(before, width, 300, 1000, limits), width, 300, 1 / 1000, limits);
    expect(startOf(after)).toBeCloseTo(startOf(before), 3);
    expect(after.span).toBeCloseTo(before.span, 3);
  });

  it('stops at one millisecond and at everything there is', () => {
    const view = viewportOf(now, now + 1000);
    expect(zoomAt(view, width, 500, 1e9, limits).span).toBe(minSpan);
    const all = zoomAt(view, width, 500, 1e-15, limits);
    expect(startOf(all)).toBe(limits.earliest);
    expect(endOf(all)).toBe(limits.latest);
  });
});

describe('panBy', () => {
  it('does not drift over thousands of small pans at one millisecond', () => {
    const start = viewportOf(now, now + 1);
    let view = start;
    for (let step = 0; step < 20_000; step += 1) view = panBy(view, width, 0.5, limits);
    for (let step = 0; step < 20_000; step += 1) view = panBy(view, width, -0.5, limits);
    expect(view.origin + view.from).toBeCloseTo(now, 6);
    expect(toX(view, width, now + 0.5)).toBeCloseTo(500, 3);
  });

  it('stops at the limits', () => {
    const view = viewportOf(now - 1000, now);
    expect(endOf(panBy(view, width, 1e15, limits))).toBe(limits.latest);
    expect(startOf(panBy(view, width, -1e15, limits))).toBe(limits.earliest);
  });
});

describe('centerOn', () => {
  it('puts a time in the middle', () => {
    const view = centerOn(viewportOf(now - 10, now + 10), now - 5000.25, limits);
    expect(toX(view, width, now - 5000.25)).toBeCloseTo(width / 2, 6);
  });
});

describe('between', () => {
  it('starts at one view and ends at the other', () => {
    const a = viewportOf(now - 86_400_000, now);
    const b = viewportOf(now - 1, now);
    expect(startOf(between(a, b, 0))).toBe(startOf(a));
    expect(between(a, b, 1)).toBe(b);
    const middle = between(a, b, 0.5);
    expect(middle.span).toBeCloseTo(Math.sqrt(86_400_000), 0);
    expect(endOf(middle)).toBeCloseTo(now, 3);
  });
});
