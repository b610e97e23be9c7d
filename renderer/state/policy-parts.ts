import { type ComponentType, createContext, useContext } from 'react';
import type { SourceId } from '../../shared/domain/ids.ts';
import { defaultKeepRules } from '../../shared/domain/keep/rules.ts';
import { defaultLongestStallMs, type Policy, policySchema } from '../../shared/domain/policy.ts';
import { widerStill } from '../../shared/domain/still-rules.ts';

/** What of a policy people choose here; where snapshots go and how still they must be is chosen elsewhere. */
export type PolicyChoice = Pick<
  Policy,
  | 'schedule'
  | 'conditions'
  | 'still'
  | 'longestStallMs'
  | 'lateAfterHours'
  | 'keep'
  | 'ejectAfterwards'
  | 'liveReadMiBps'
>;

export const policyChoiceSchema = policySchema.pick({
  schedule: true,
  conditions: true,
  still: true,
  longestStallMs: true,
  lateAfterHours: true,
  keep: true,
  ejectAfterwards: true,
  liveReadMiBps: true,
});

/** What is chosen in a policy; null: what a new source begins with. */
export function choiceOf(policy: Policy | null): PolicyChoice {
  return policyChoiceSchema.parse(policy ?? { longestStallMs: defaultLongestStallMs, keep: defaultKeepRules });
}

/**
 * Place, level, pause, and holding at more times or with more hooks than before, belong to the registration, which is asked
 * of whoever may decide about holding still. Anything else of a policy is the person's own, and saved without asking anybody.
 */
export function needsRegistration(before: Policy, after: Policy): boolean {
  return (
    before.repositoryId !== after.repositoryId ||
    before.requiredLevel !== after.requiredLevel ||
    before.longestStallMs !== after.longestStallMs ||
    widerStill(before.still, after.still) !== null
  );
}

/** A policy in plain sentences. */
export interface PolicyWords {
  /** `Every hour` */
  readonly schedule: string;
  /** `Once a day on battery, not on metered networks`; empty where nothing is held back. */
  readonly conditions: string;
  /** `24 hourly, 30 daily, 12 monthly, then yearly` */
  readonly keep: string;
}

/** What other tasks borrow from the editor of policies. The app hands it in: features never import each other. */
export interface PolicyParts {
  readonly usePolicyWords: () => (policy: PolicyChoice) => PolicyWords;
  /** When it runs and what is kept, one sentence each, unfolding to where each is changed. */
  readonly PolicySections: ComponentType<{
    readonly value: PolicyChoice;
    readonly onChange: (value: PolicyChoice) => void;
    /** Null for a source that is not registered yet: then nothing can go, and only the rules are shown. */
    readonly sourceId: SourceId | null;
    /** Its disk can be unplugged, so that it can be ejected afterwards. */
    readonly removable: boolean;
    /** Told whenever a value is or is no longer one that can be saved. */
    readonly onValid: (valid: boolean) => void;
  }>;
}

const PolicyPartsContext = createContext<PolicyParts | null>(null);

export const PolicyPartsProvider = PolicyPartsContext.Provider;

export function usePolicyParts(): PolicyParts {
  const parts = useContext(PolicyPartsContext);
  if (parts === null) throw new Error('PolicyPartsProvider is missing above this task');
  return parts;
}
