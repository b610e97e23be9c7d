import { expect, it } from 'vitest';
import { checkShareOf } from './check-share.ts';

it('reads what part of the data is meant', () => {
  expect(checkShareOf({})).toBeNull();
  expect(checkShareOf({ readData: true })).toBeUndefined();
  expect(checkShareOf({ readData: '3/10' })).toEqual({ part: 3, of: 10 });
  expect(checkShareOf({ readShare: '10%' })).toEqual({ part: 'next', of: 10 });
  expect(checkShareOf({ readShare: '30' })).toEqual({ part: 'next', of: 3 });
  expect(checkShareOf({ readShare: '100%' })).toEqual({ part: 'next', of: 1 });
  expect(checkShareOf({ readShare: '2.5%' })).toEqual({ part: 'next', of: 40 });
});

it.each([
  [{ readData: '0/3' }, '--read-data'],
  [{ readData: '4/3' }, '--read-data'],
  [{ readData: '1/20000' }, '--read-data'],
  [{ readData: 'all' }, '--read-data'],
  [{ readShare: '0%' }, '--read-share'],
  [{ readShare: '101%' }, '--read-share'],
  [{ readShare: 'x' }, '--read-share'],
  [{ readShare: '5%', readData: true }, '--read-share'],
])('refuses %j and names the option', (options, field) => {
  expect(() => checkShareOf(options)).toThrow(expect.objectContaining({ kind: 'wrong-usage', field }));
});
