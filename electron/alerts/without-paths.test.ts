import { expect, it } from 'vitest';
import { withoutPaths } from './without-paths.ts';

it.each([
  'The folder /home/me/my divorce/letters is not there.',
  '“/srv/a b, c; d.txt” could not be read',
  '~/notes',
  'It is [/mnt/x]',
  'path=/mnt/x',
])('keeps a path to itself, with its spaces and commas: %s', (words) => {
  expect(withoutPaths(words)).toBe('See Stillpoint on that machine for what happened');
});

it.each(['', 'The disk is full and/or read-only at 3 MB/s.', 'About ~ 3 of / 4'])('leaves other words: %s', (words) => {
  expect(withoutPaths(words)).toBe(words);
});
