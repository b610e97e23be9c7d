/**
 * A process that freezes as the helper does, for tests that kill or stop it.
 * Arguments: one JSON object of StartGuardOptions with `holdMs`. Told: go, end.
 */
import { asStillpointError } from '../../../../../shared/errors/index.ts';
import { type StartGuardOptions, startGuard, withFrozen } from '../index.ts';
import { say, told } from './say.ts';
import { sleepSync } from './sleep-sync.ts';

const { holdMs, ...options } = JSON.parse(process.argv[2] ?? '{}') as StartGuardOptions & { readonly holdMs: number };

try {
  const guard = await startGuard(options);
  say('ready', { guard: guard.pids.guard, witness: guard.pids.witness });
  await told('go');
  say('freezing');
  try {
    const outcome = withFrozen(guard, () => {
      say('frozen');
      sleepSync(holdMs);
    });
    say('over', { held: outcome.held, cause: outcome.cause, times: outcome.times });
  } catch (error) {
    say('refused', { kind: asStillpointError(error).kind });
  }
  await told('end');
  await guard.close();
  say('closed');
} catch (error) {
  say('not-started', { kind: asStillpointError(error).kind, message: asStillpointError(error).message });
}
process.exit(0);
