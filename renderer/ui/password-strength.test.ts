import { describe, expect, it } from 'vitest';
import { passwordStrength } from './password-strength.ts';

describe('passwordStrength', () => {
  it.each([
    ['', 'empty'],
    ['abc', 'weak'],
    ['password123', 'weak'],
    ['aaaaaaaaaaaaaaaaaaaa', 'weak'],
    ['qwertyuiopasdfghjkl', 'weak'],
    ['Tr0ub4dor', 'fair'],
    ['correct horse battery staple', 'strong'],
    ['gX7#pQ2!vL9z', 'good'],
  ])('%s is %s', (password, strength) => expect(passwordStrength(password)).toBe(strength));

  it('does not grow by repeating the same character', () => {
    expect(passwordStrength(`zb${'x'.repeat(50)}`)).toBe('weak');
  });
});
