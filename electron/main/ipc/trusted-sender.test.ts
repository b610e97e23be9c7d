import { expect, it } from 'vitest';
import { isTrusted } from './trusted-sender.ts';

const window = { webContentsId: 1, origin: 'stillpoint://app' };
const good = { webContentsId: 1, isMainFrame: true, url: 'stillpoint://app/index.html#x' };

it('trusts the main frame of our window on our page', () => {
  expect(isTrusted(good, window)).toBe(true);
});

it.each([
  ['a frame inside it', { ...good, isMainFrame: false }],
  ['another window', { ...good, webContentsId: 2 }],
  ['another host', { ...good, url: 'stillpoint://evil/index.html' }],
  ['another scheme', { ...good, url: 'https://app/index.html' }],
  ['a file', { ...good, url: 'file:///etc/passwd' }],
  ['no address at all', { ...good, url: '' }],
  ['a frame that is gone', undefined],
])('does not trust %s', (_what, sender) => {
  expect(isTrusted(sender, window)).toBe(false);
});

it('trusts nobody while there is no window', () => {
  expect(isTrusted(good, undefined)).toBe(false);
});

it('tells ports apart, for the development server', () => {
  const served = { webContentsId: 1, origin: 'http://localhost:5173' };
  expect(isTrusted({ ...good, url: 'http://localhost:5173/' }, served)).toBe(true);
  expect(isTrusted({ ...good, url: 'http://localhost:5174/' }, served)).toBe(false);
});
