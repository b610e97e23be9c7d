import { expect, it } from 'vitest';
import { ClockJump } from './clock-jump.ts';

it('tells sleep and a clock that was set from time that passes', () => {
  const clock = { now: 0, monotonic: 0 };
  const jump = new ClockJump(
    () => clock.now,
    () => clock.monotonic,
  );
  const passed = (now: number, monotonic: number): boolean => {
    clock.now += now;
    clock.monotonic += monotonic;
    return jump.happened();
  };
  expect(passed(60_000, 60_000)).toBe(false);
  expect(passed(60_000, 59_000)).toBe(false);
  expect(passed(3_600_000, 20_000)).toBe(true);
  expect(passed(60_000, 60_000)).toBe(false);
  expect(passed(-7_200_000, 60_000)).toBe(true);
});
