import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { asUser } from './as-user.ts';
import type { TestUser } from './test-user.ts';

export const root = fileURLToPath(new URL('../..', import.meta.url)).replace(/\/$/, '');

/**
 * The checkout under a path that the test user can read. A checkout below a private folder (root's home) is shown to the
 * user through a bind mount; `release` takes it away again.
 */
export function readableTree(user: TestUser): { readonly path: string; readonly release: () => void } {
  const [program = '', ...args] = asUser(user, ['test', '-r', join(root, 'package.json')]);
  if (spawnSync(program, args).status === 0) return { path: root, release: () => {} };
  const path = mkdtempSync(join(tmpdir(), 'stillpoint-tree-'));
  execFileSync('mount', ['--bind', root, path]);
  return {
    path,
    release: () => {
      execFileSync('umount', [path]);
      rmdirSync(path);
    },
  };
}
