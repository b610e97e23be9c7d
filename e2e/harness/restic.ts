import { execFileSync } from 'node:child_process';
import { asUser } from './as-user.ts';
import { password } from './seed.ts';
import type { World } from './world.ts';

/** The stock restic program, run by the world's user on a repository with the specs' password. Throws when it fails. */
export function restic(world: World, repository: string, ...args: readonly string[]): string {
  const [program = '', ...rest] = asUser(world.user, ['restic', '--repo', repository, '--no-cache', ...args]);
  return execFileSync(program, rest, {
    cwd: '/',
    encoding: 'utf8',
    env: { ...world.environment, RESTIC_PASSWORD: password },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}
