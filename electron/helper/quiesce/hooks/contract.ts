import type { Hook, HookCall } from '../../../../shared/domain/hooks.ts';
import type { PhaseReporter } from '../contract.ts';

/** What is in the folder of hooks. */
export interface HookFolder {
  readonly folder: string;
  /** Why none of them can be called, for people; empty when they can. */
  readonly problem: string;
  readonly hooks: readonly Hook[];
}

/** The hooks of one run. */
export interface RunHooks {
  /** As `QuiesceContext.aroundHold`. Once one of them could not get ready, no other hold of this run is begun. */
  around(): Promise<AsyncDisposable>;
  /** All that were made so far. */
  readonly calls: readonly HookCall[];
}

/** Programs of the machine's administrator that are told of a still point before it comes and after it is over. */
export interface Hooks {
  /** Looks only. */
  list(): HookFolder;
  /** Why these cannot be called now, as a sentence for people; null when they can. */
  problem(names: readonly string[]): string | null;
  forRun(
    names: readonly string[],
    sourceName: string,
    report: Pick<PhaseReporter, 'note'>,
    signal: AbortSignal,
  ): RunHooks;
  /**
   * Calls what a process that is gone has called before a still point and never after it. What was done, a sentence each,
   * for people. Never rejects.
   */
  thawLeftovers(): Promise<readonly string[]>;
  /** What `thawLeftovers` found and no run has told of yet. */
  takeUntold(): readonly string[];
}
