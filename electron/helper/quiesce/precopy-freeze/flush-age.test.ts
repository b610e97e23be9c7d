import { expect, it } from 'vitest';
import { FlushAge } from './flush-age.ts';

const mib = 1024 * 1024;

it('asks for another flush when there was none, when it is long ago, and when much was dirtied since', () => {
  let dirty = 500 * mib;
  const age = new FlushAge(() => dirty);
  expect(age.isStale(1e9)).toBe(true);
  age.ended();
  expect(age.isStale(1e9)).toBe(false);
  expect(age.isStale(-1)).toBe(true);
  dirty += 20 * mib;
  expect(age.isStale(1e9)).toBe(true);
  age.ended();
  expect(age.isStale(1e9)).toBe(false);
});
