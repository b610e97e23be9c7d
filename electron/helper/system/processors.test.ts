import { expect, it } from 'vitest';
import { allButOne, countOnline, keepTo, processorsOf } from './processors.ts';

it.each([
  ['two', [0b11], [0b10]],
  ['some that do not begin with the first', [0b1010_0000, 1], [0b1000_0000, 1]],
  ['one in the second byte and one in the third', [0, 0b1000_0000, 1], [0, 0, 1]],
  ['the only one', [0, 0b100], [0, 0b100]],
  ['none', [0, 0], [0, 0]],
])('leaves one of several to others: %s', (_, processors, left) => {
  expect([...allButOne(Buffer.from(processors))]).toEqual(left);
});

it.each([
  ['0', 1],
  ['0-1\n', 2],
  ['0-3,6,8-9\n', 7],
])('counts processors that are switched on: %j', (text, count) => {
  expect(countOnline(text)).toBe(count);
});

it('asks nothing of a thread that is gone, and wishes nothing of it', () => {
  const gone = 2 ** 22 + 1;
  expect(processorsOf(gone)).toBeUndefined();
  expect(() => keepTo(gone, Buffer.alloc(1024, 0xff))).not.toThrow();
});
