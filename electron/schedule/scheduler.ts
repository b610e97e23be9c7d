import type { RunId, SourceId } from '../../shared/domain/ids.ts';
import type { RunEvent, RunResult } from '../../shared/domain/run.ts';
import type { Source } from '../../shared/domain/source.ts';
import type { Look, PokeReason, SchedulerOptions, SourceScheduleState } from './contract.ts';
import type { PausedUntil } from './pause-file.ts';

/**
 * Runs what is due. The app and the command line compose the same over their own ports; leases and journals make them one
 * scheduler with one history.
 */
export class Scheduler {
  constructor(_options: SchedulerOptions) {
    throw new Error('not written yet');
  }

  /** Settles what an ended process left, looks at once, and then whenever it is time. Never rejects. */
  start(): Promise<void> {
    throw new Error('not written yet');
  }

  /** No more looks. Runs under way are not touched; `idle` waits for them. */
  stop(): void {
    throw new Error('not written yet');
  }

  /** Resolves when no run of this scheduler is under way. */
  idle(): Promise<void> {
    throw new Error('not written yet');
  }

  /** Looks at every source once, and resolves when what was begun has ended. */
  tick(): Promise<readonly Look[]> {
    throw new Error('not written yet');
  }

  /** Looks soon, whatever was planned. */
  poke(_reason: PokeReason): void {
    throw new Error('not written yet');
  }

  /** Null for a source that has not been looked at. */
  state(_sourceId: SourceId): SourceScheduleState | null {
    throw new Error('not written yet');
  }

  /** When runs of the source may begin; empty: at any time. */
  windows(_source: Source, _from: number, _to: number): { readonly from: number; readonly to: number }[] {
    throw new Error('not written yet');
  }

  /** Called when the state of a source, or the pause, has changed. Returns how to stop listening. */
  onChange(_listener: () => void): () => void {
    throw new Error('not written yet');
  }

  pausedUntil(): PausedUntil | null {
    throw new Error('not written yet');
  }

  /** Null resumes, and looks at once. */
  pause(_until: PausedUntil | null): Promise<void> {
    throw new Error('not written yet');
  }

  /**
   * A backup that a person asked for: under the same lease, in the same history. Waits for a run of this scheduler; throws
   * `busy`, naming who, when another process runs the source.
   */
  runAsked(
    _source: Source,
    _runId: RunId,
    _perform: () => Promise<RunResult>,
    _signal?: AbortSignal,
  ): Promise<RunResult> {
    throw new Error('not written yet');
  }

  /**
   * The end of a backup's log that has none. `under-way`: whoever does it lives. `unknown`: the repository cannot be asked
   * now; ask again later. Otherwise the event, which is in the log by then.
   */
  settleRun(_runId: RunId): Promise<'under-way' | 'unknown' | RunEvent> {
    throw new Error('not written yet');
  }
}
