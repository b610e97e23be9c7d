import { type ChildProcess, spawn } from 'node:child_process';

/**
 * Starts a module of this program as a process of its own, on the same runtime, with exactly these descriptors as its 0, 1,
 * 2, ... and an environment that holds nothing but what the runtime needs to be one. In the root directory, without a shell.
 */
export function spawnOwn(program: string, args: readonly string[], fds: readonly (number | null)[]): ChildProcess {
  const { ELECTRON_RUN_AS_NODE } = process.env;
  return spawn(process.execPath, ['--no-warnings', program, ...args], {
    cwd: '/',
    env: ELECTRON_RUN_AS_NODE === undefined ? {} : { ELECTRON_RUN_AS_NODE },
    stdio: fds.map((fd) => fd ?? 'ignore'),
    shell: false,
  });
}
