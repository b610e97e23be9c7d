import { expect, it } from 'vitest';
import { whatClosingDoes } from './closing.ts';

it.each([
  ['hides in the tray', { keepRunning: null, hasTray: true, hasWork: true }, 'hide'],
  ['asks where there is none', { keepRunning: null, hasTray: false, hasWork: true }, 'ask'],
  ['quits while nothing is protected', { keepRunning: null, hasTray: true, hasWork: false }, 'quit'],
  ['quits while nothing is protected, and asks nothing', { keepRunning: null, hasTray: false, hasWork: false }, 'quit'],
  ['does as it was told: go on', { keepRunning: true, hasTray: false, hasWork: false }, 'hide'],
  ['does as it was told: end', { keepRunning: false, hasTray: true, hasWork: true }, 'quit'],
] as const)('%s', (_what, closing, expected) => {
  expect(whatClosingDoes(closing)).toBe(expected);
});
