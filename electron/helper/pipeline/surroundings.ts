import type { HookCall } from '../../../shared/domain/hooks.ts';
import type { PhaseReporter, QuiesceContext } from '../quiesce/contract.ts';
import type { SourceFacts } from '../sources/contract.ts';
import type { BackupStages } from './backup.ts';
import { awaitHolding, beginLook, heldBackBy } from './hold-rules.ts';
import type { BackupJob } from './job.ts';
import { notAllowedWords } from './unattended.ts';

const noHooks = 'Hooks cannot be called here.';

/** Why nothing that holds writers may be used for this run, as a sentence for people; null where it may. */
export async function whyNotHeld(
  { policy, trigger }: Pick<BackupJob, 'policy' | 'trigger'>,
  { mayScheduledHold, holdConditions, hooks }: Pick<BackupStages, 'mayScheduledHold' | 'holdConditions' | 'hooks'>,
): Promise<string | null> {
  if (trigger === 'schedule' && mayScheduledHold?.() !== true) return notAllowedWords;
  const refusal = await heldBackBy(policy.still, holdConditions);
  if (refusal !== null || policy.still.hooks.length === 0) return refusal;
  return hooks === undefined ? noHooks : hooks.problem(policy.still.hooks);
}

export interface Surroundings {
  readonly context: Pick<QuiesceContext, 'mayHold' | 'aroundHold'>;
  /** Of hooks, so far. */
  readonly calls: () => readonly HookCall[];
}

/** What a method is to do around each hold of this run: wait until it may, tell whoever wants to know. */
export function surroundingsOf(
  { policy, sourceName }: Pick<BackupJob, 'policy' | 'sourceName'>,
  { holdConditions, hooks }: Pick<BackupStages, 'holdConditions' | 'hooks'>,
  facts: SourceFacts,
  report: Pick<PhaseReporter, 'note'>,
  signal: AbortSignal,
): Surroundings {
  const { still } = policy;
  const called = hooks?.forRun(still.hooks, sourceName, report, signal);
  const look = holdConditions && beginLook(still, holdConditions, facts);
  return {
    context: {
      ...(holdConditions && { mayHold: () => awaitHolding(still, holdConditions, facts, look, report, signal) }),
      ...(called && still.hooks.length > 0 && { aroundHold: () => called.around() }),
    },
    calls: () => called?.calls ?? [],
  };
}
