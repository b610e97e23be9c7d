import { describe, expect, it } from 'vitest';
import { isLoopback } from './loopback.ts';
import { oneLine, plainText, withoutSecrets } from './safe-text.ts';
import { addressSecrets } from './secret-address.ts';

describe('one line', () => {
  it('is one, whatever it is made of', () => {
    expect(oneLine(' a\r\nb\u2028c\u0085d\te\0f  g ')).toBe('a b c d e f g');
    expect(oneLine('Фото 🐈')).toBe('Фото 🐈');
  });

  it('is cut between characters', () => {
    expect(oneLine('🐈🐈🐈', 2)).toBe('🐈…');
    expect(oneLine('🐈🐈', 2)).toBe('🐈🐈');
  });
});

describe('plain text', () => {
  it('keeps lines and drops what steers a terminal', () => {
    expect(plainText('a\r\nb\rc\n\td\u001b[31m', 100)).toBe('a\nb\nc\n\td [31m');
  });
});

describe('secrets', () => {
  it('are struck out in every form', () => {
    const secret = 'p w/ü';
    const forms = [secret, encodeURIComponent(secret), encodeURI(secret), Buffer.from(secret).toString('base64')];
    expect(withoutSecrets(forms.join(' | '), [secret])).toBe('••• | ••• | ••• | •••');
    expect(withoutSecrets('nothing', [])).toBe('nothing');
  });

  it('of an address are its path, its query and the keys in them, not its host', () => {
    const entered = 'https://user:word@example.org/services/T0/aLongKey123?token=another-one';
    const secrets = addressSecrets(new URL(entered), entered);
    const text = 'example.org: /services/T0/aLongKey123 aLongKey123 token another-one user word';
    expect(withoutSecrets(text, secrets)).toBe('example.org: ••• ••• token ••• ••• •••');
  });
});

describe('this machine', () => {
  it('is known by its name, without asking anybody', () => {
    for (const host of ['localhost', 'LOCALHOST', '127.0.0.1', '127.8.9.10', '::1', '[::1]', '0:0:0:0:0:0:0:1']) {
      expect([host, isLoopback(host)]).toEqual([host, true]);
    }
    for (const host of [
      'localhost.example.org',
      '127.0.0.1.example.org',
      '128.0.0.1',
      '0.0.0.0',
      '::2',
      '[2001:db8::1]',
      '',
    ]) {
      expect([host, isLoopback(host)]).toEqual([host, false]);
    }
  });
});
