import { expect, it } from 'vitest';
import { secretService, secretStoreChoice } from './secret-store-choice.ts';

const running = { desktop: 'sway', runtimeFolder: '/run/user/1000', isToldAlready: false };
const exists = (path: string): boolean => path === '/run/user/1000/keyring/control';

it('names a keyring that is running under a desktop Chromium does not know', () => {
  expect(secretStoreChoice(running, exists)).toBe(secretService);
  expect(secretStoreChoice({ ...running, desktop: undefined }, exists)).toBe(secretService);
});

it.each([
  ['no keyring is running', { ...running, runtimeFolder: '/run/user/2' }],
  ['nobody says where it would be', { ...running, runtimeFolder: undefined }],
  ['KDE has its own', { ...running, desktop: 'kde:plasma' }],
  ['somebody chose one', { ...running, isToldAlready: true }],
])('leaves it to Chromium where %s', (_why, surroundings) => {
  expect(secretStoreChoice(surroundings, exists)).toBeUndefined();
});
