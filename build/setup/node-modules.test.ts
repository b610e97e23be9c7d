import { describe, expect, it } from 'vitest';
import { differenceOf } from './node-modules.mjs';

const everything = (): boolean => true;

describe('differenceOf', () => {
  const wanted = {
    '': { version: '1' },
    'node_modules/a': { version: '1.0.0' },
    'node_modules/b': { version: '2.0.0', optional: true },
  };

  it('accepts what was installed, an optional package of another platform left out', () => {
    expect(differenceOf(wanted, { 'node_modules/a': { version: '1.0.0' } }, everything)).toBeUndefined();
  });

  it('names what is missing, of another version, gone from disk, or no longer wanted', () => {
    expect(differenceOf(wanted, {}, everything)).toBe('node_modules/a 1.0.0 is not installed');
    const other = { 'node_modules/a': { version: '1.0.1' } };
    expect(differenceOf(wanted, other, everything)).toBe('node_modules/a 1.0.0 is not installed');
    const installed = { 'node_modules/a': { version: '1.0.0' } };
    expect(differenceOf(wanted, installed, () => false)).toBe('node_modules/a 1.0.0 is not installed');
    const more = { ...installed, 'node_modules/c': { version: '3.0.0' } };
    expect(differenceOf(wanted, more, everything)).toBe('node_modules/c is no longer wanted');
  });

  it('holds an optional package to its version once it is there', () => {
    const installed = { 'node_modules/a': { version: '1.0.0' }, 'node_modules/b': { version: '1.9.0' } };
    expect(differenceOf(wanted, installed, everything)).toBe('node_modules/b 2.0.0 is not installed');
  });
});
