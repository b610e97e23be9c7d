import { expect, it } from 'vitest';
import { argumentsWithKeyring, helperChoice, startsHidden } from './command-line.ts';

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

it.each([
  [['electron', '/tree', '--hidden'], true],
  [['electron', '/tree', '--hidden=no'], false],
  [['electron', '/tree'], false],
])('%j hidden: %s', (argv, expected) => {
  expect(startsHidden(argv)).toBe(expected);
});

it.each([
  [['electron', '/tree', '--hidden'], true, ['/tree', '--hidden', '--use-keyring']],
  [['electron', '/tree', '--hidden'], false, ['/tree', '--use-keyring']],
  [['stillpoint', '--hidden', '--use-keyring'], true, ['--hidden', '--use-keyring']],
])('%j is followed by one that uses the keyring, hidden: %s', (argv, hidden, expected) => {
  expect(argumentsWithKeyring(argv, hidden)).toEqual(expected);
});
