import type { TestUser } from './test-user.ts';

/** A command line that runs as the test user, with none of our groups and no way to more rights but set-uid programs. */
export function asUser(user: TestUser, command: readonly string[]): readonly string[] {
  if (!user.switched) return command;
  return ['setpriv', `--reuid=${user.uid}`, `--regid=${user.gid}`, '--init-groups', '--', ...command];
}
