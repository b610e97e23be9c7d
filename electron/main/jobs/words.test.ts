import { expect, it } from 'vitest';
import { ago, bytesWords, clockOf, lasting, listOf } from './words.ts';

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;
const now = Date.parse('2025-11-20T12:00:00Z');

it.each([
  [0, 'just now'],
  [-5 * minute, 'just now'],
  [59_999, 'just now'],
  [minute, '1 minute ago'],
  [59 * minute, '59 minutes ago'],
  [hour, '1 hour ago'],
  [47.9 * hour, '47 hours ago'],
  [48 * hour, '2 days ago'],
  [3.9 * day, '3 days ago'],
])('%d ms are %s', (past, words) => expect(ago(now - past, now)).toBe(words));

it('a moment lasts a minute', () => expect(lasting(0)).toBe('1 minute'));

it.each([
  ['2025-11-20T22:30:00Z', '22:30'],
  ['2025-11-21T00:05:00Z', 'tomorrow 00:05'],
  ['2025-11-24T12:00:00Z', 'Mon 12:00'],
  ['2025-12-24T12:00:00Z', 'Dec 24, 12:00'],
])('%s is %s', (at, words) => expect(clockOf(Date.parse(at), now, 'UTC')).toBe(words));

it('a time is that of the zone', () => {
  expect(clockOf(Date.parse('2025-11-20T16:00:00Z'), now, 'Asia/Tokyo')).toBe('tomorrow 01:00');
});

it('names a few and counts the others', () => {
  const lists = [[], ['a'], ['a', 'b'], ['a', 'b', 'c'], ['a', 'b', 'c', 'd', 'e']].map((names) => listOf(names));
  expect(lists).toEqual(['', 'a', 'a and b', 'a, b and c', 'a, b and 3 more']);
});

it.each([
  [0, '0 bytes'],
  [1023, '1023 bytes'],
  [1024, '1.0 KiB'],
  [14.1 * 1024 ** 2, '14.1 MiB'],
  [410 * 1024 ** 3, '410 GiB'],
])('%d are %s', (bytes, words) => expect(bytesWords(bytes)).toBe(words));
