import type { FilesystemFacts } from '../../sources/filesystem/facts.ts';

/** Whether the filesystem that this system runs from may be held, and how long. */
export interface RootHold {
  /** True when holding this source's filesystem can stop what the helper, or the desktop, stands on. */
  concerns(facts: FilesystemFacts): boolean;
  /** Why it may not be held here and now, one sentence each, for people; empty when it may. Looks only. */
  obstacles(facts: FilesystemFacts): readonly { readonly reason: string; readonly remedy?: 'trial' | 'grant-helper' }[];
  /** Longest hold there, ms, whatever the policy allows. */
  readonly leaseMs: number;
  /** A hold there is started with `StartGuardOptions.emergencyThaw`, and no other hold is. */
  readonly emergencyThaw: true;
}

export const defaultRootLeaseMs = 250;
