import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { Throttle } from './throttle.ts';

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

it('lets the first through at once, then the newest once per interval', () => {
  const out: number[] = [];
  const throttle = new Throttle<string, number>(100, (value) => out.push(value));
  for (let value = 0; value < 50; value += 1) {
    throttle.push('run', value);
    vi.advanceTimersByTime(10);
  }
  vi.advanceTimersByTime(100);
  expect(out).toEqual([0, 9, 19, 29, 39, 49]);
});

it('sends now what must not wait, and nothing older after it', () => {
  const out: string[] = [];
  const throttle = new Throttle<string, string>(100, (value) => out.push(value));
  throttle.push('run', 'first');
  throttle.push('run', 'held back');
  throttle.now('run', 'finished');
  vi.advanceTimersByTime(1_000);
  expect(out).toEqual(['first', 'finished']);
});

it('keeps runs apart', () => {
  const out: string[] = [];
  const throttle = new Throttle<string, string>(100, (value) => out.push(value));
  throttle.push('a', 'a1');
  throttle.push('b', 'b1');
  expect(out).toEqual(['a1', 'b1']);
});
