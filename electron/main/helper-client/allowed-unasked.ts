import { readFileSync } from 'node:fs';
import { launchProgram } from './helper-process.ts';

/** What pkexec asks polkit for before it starts the helper; the policy ties it to the installed program. */
export const startAction = 'dev.stillpoint.helper.start';

/** polkit alone has to answer, nobody else. Milliseconds. */
const answerMs = 10_000;

/**
 * Whether polkit would let this process do something at once, with nobody asked. For a start it is the question that
 * pkexec asks: about its parent, which is us, and the same action. What pkexec tells beside it (its details) only root may
 * tell, so that a rule which looks at those is not foreseen. Never rejects. Source: pkcheck(1), exit code 0.
 */
export async function isAllowedUnasked(action: string): Promise<boolean> {
  const subject = `${process.pid},${startTimeOf(process.pid)},${process.getuid?.() ?? 0}`;
  const { exited, input, kill } = launchProgram({
    file: '/usr/bin/pkcheck',
    args: ['--action-id', action, '--process', subject],
    env: { PATH: '/usr/bin:/bin' },
  });
  input.on('error', () => {});
  input.end();
  const timer = setTimeout(() => kill('SIGKILL'), answerMs);
  const { code } = await exited;
  clearTimeout(timer);
  return code === 0;
}

/** Clock ticks since boot: with the pid it names this process for good. Source: proc_pid_stat(5), field 22. */
export function startTimeOf(pid: number): string {
  const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '0';
}
