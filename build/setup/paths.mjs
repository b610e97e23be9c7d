import { fileURLToPath } from 'node:url';

/** The top of the source tree, without a trailing slash. */
export const root = fileURLToPath(new URL('../..', import.meta.url)).replace(/\/$/, '');

/** @param {string[]} parts path below the top of the source tree */
export function inTree(...parts) {
  return [root, ...parts].join('/');
}
