import { expect, it } from 'vitest';
import { isAtLeast } from './sync-tells.ts';

it.each<[string, boolean]>([
  ['5.8.0', true],
  ['5.10.0-rc1', true],
  ['6.1.0-13-amd64', true],
  ['5.7.19', false],
  ['4.19.0', false],
  ['unknown', false],
])('knows whether a kernel is new enough: %s', (release, expected) => {
  expect(isAtLeast(release, 5, 8)).toBe(expected);
});
