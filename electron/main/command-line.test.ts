import { expect, it } from 'vitest';
import { helperChoice } from './command-line.ts';

it.each([
  [[], { kind: 'auto' }],
  [['--helper=direct'], { kind: 'direct' }],
  [['--helper=pkexec', '--other'], { kind: 'pkexec' }],
  [['--helper=direct', '--helper=/opt/x/helper'], { kind: 'program', path: '/opt/x/helper' }],
  [['--helper=relative/path'], { kind: 'auto' }],
  [['--helper='], { kind: 'auto' }],
])('%j', (argv, expected) => {
  expect(helperChoice(argv)).toEqual(expected);
});
