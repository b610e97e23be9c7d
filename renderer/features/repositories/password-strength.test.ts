import { describe, expect, it } from 'vitest';
import { guessBits, judgePassword, strengths } from './password-strength.ts';

function rank(password: string): number {
  return strengths.indexOf(judgePassword(password).strength);
}

describe('password strength', () => {
  it.each([
    'password',
    'Password1!',
    'qwerty123',
    '12345678',
    'Stillpoint2026',
    'aaaaaaaaaaaaaa',
    'abcdefghijkl',
    '2026',
  ])('calls %s guessable', (password) => expect(judgePassword(password).strength).toBe('guessable'));

  it('calls several unrelated words strong', () => {
    expect(judgePassword('lantern copper meadow thrift').strength).toBe('strong');
  });

  it('calls a random string of 16 strong', () => {
    expect(judgePassword('hV7#kQ2m!xW9zR4t').strength).toBe('strong');
  });

  it('never calls a password weaker when something is added to it', () => {
    const password = 'tHorn-9 quay(moss)';
    for (let length = 1; length < password.length; length++) {
      expect(guessBits(password.slice(0, length + 1))).toBeGreaterThanOrEqual(
        guessBits(password.slice(0, length)) - 1e-9,
      );
    }
  });

  it('ranks a longer passphrase above its beginning', () => {
    expect(rank('lantern copper meadow')).toBeGreaterThan(rank('lantern'));
  });

  it('says what would help', () => {
    expect(judgePassword('lantern')).toEqual({ strength: 'guessable', advice: 'longer' });
    expect(judgePassword('aaaaaaaaaaaaaaaaaaaa').advice).toBe('less-regular');
    expect(judgePassword('welcome1').advice).toBe('well-known');
    expect(judgePassword('')).toEqual({ strength: 'empty', advice: null });
  });
});
