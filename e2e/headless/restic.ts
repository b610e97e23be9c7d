import { runProgram } from '../../electron/helper/system/exec.ts';
import type { Place } from '../harness/place.ts';

/** The stock restic program on a place's repository: the judge of what we wrote. */
export async function restic(place: Place, ...args: readonly string[]): Promise<{ code: number | null; text: string }> {
  const { exitCode, stdout, stderr } = await runProgram(
    '/usr/bin/restic',
    ['--repo', place.repo, '--password-file', place.passwordFile, '--no-cache', ...args],
    { timeoutMs: 120_000, env: { HOME: place.path } },
  );
  return { code: exitCode, text: stdout.toString() + stderr.toString() };
}
