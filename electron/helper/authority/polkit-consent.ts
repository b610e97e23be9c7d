import { findProgram, runProgram } from '../system/exec.ts';
import { processInfo } from '../system/process-info.ts';
import type { AskConsent } from './authority.ts';
import type { Caller } from './caller.ts';

/** A person may take this long to find the password, in milliseconds. */
const patienceMs = 110_000;
/** polkit alone has to answer. */
const unattendedMs = 10_000;

/**
 * Asks polkit whether the process that started us may do `action`, letting its agent ask a person where that is wanted.
 * The process is named by pid and start time as they are now, when this is called: it is to be called at the start, while
 * the parent cannot be another process yet, so that a later one with the same pid is not taken for it. Source: pkcheck(1):
 * 0 authorized, 1 not, 2 somebody would have to be asked and was not or could not be, 3 dismissed.
 */
export function polkitConsent(caller: Caller, parentPid: number): AskConsent {
  const parent = processInfo(parentPid);
  return async (action, { signal, mayAsk }) => {
    const pkcheck = findProgram('pkcheck');
    if (pkcheck === undefined || parent === undefined) return mayAsk ? 'unavailable' : 'not-asked';
    const subject = `${parentPid},${parent.startTime},${caller.uid}`;
    const { exitCode } = await runProgram(
      pkcheck,
      ['--action-id', action, '--process', subject, ...(mayAsk ? ['--allow-user-interaction'] : [])],
      { timeoutMs: mayAsk ? patienceMs : unattendedMs, signal },
    );
    if (exitCode === 0) return 'granted';
    if (!mayAsk) return 'not-asked';
    return exitCode === 1 || exitCode === 3 ? 'refused' : 'unavailable';
  };
}
