import { userInfo } from 'node:os';
import { hasTestUser, removeTestUser, testUser } from './test-user.ts';

/** Playwright's global set-up: the account is there for all specs, and gone after them unless it was there before. */
// biome-ignore lint/style/noDefaultExport: Playwright demands one.
export default function prepareAccount(): (() => void) | undefined {
  if (userInfo().uid !== 0 || hasTestUser()) return undefined;
  testUser();
  return removeTestUser;
}
