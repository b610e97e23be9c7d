import type { StillpointError } from '../../../../shared/errors/index.ts';
import { endedEarly } from './freeze-errors.ts';
import type { FreezeGuard, FrozenMoment, ThawOutcome } from './freeze-guard.ts';
import type { Moment, ThawCause } from './wire.ts';

export interface Span {
  readonly from: Moment;
  readonly to: Moment;
}

export interface FreezeTimes {
  /** From before FIFREEZE until after FITHAW: what a writer may have felt. */
  readonly stall: Span;
  /** From FIFREEZE's return until before FITHAW: nothing can have been written in it. */
  readonly frozen: Span;
}

export type FrozenOutcome<T> =
  | { readonly held: true; readonly value: T; readonly times: FreezeTimes; readonly cause: ThawCause }
  | {
      /** It ended before `work` was done. What `work` returned is dropped: it may mix two moments. */
      readonly held: false;
      readonly error: StillpointError;
      readonly cause: ThawCause | 'unknown';
      /** The times as far as known; null when somebody else thawed. */
      readonly times: FreezeTimes | null;
    };

type Synchronous<T> = T extends PromiseLike<unknown> ? never : T;

/**
 * Freezes, runs `work`, thaws. `work` must be synchronous, must not write to the frozen filesystem, must wait for nobody,
 * emit nothing, close no file of the source and read no /proc/PID/maps. If it throws, the filesystem is thawed and the
 * error passed on. A refused freeze throws as `FreezeGuard.freeze` does, and `work` is not called.
 */
export function withFrozen<T>(guard: FreezeGuard, work: (frozen: FrozenMoment) => Synchronous<T>): FrozenOutcome<T> {
  const frozen = guard.freeze();
  let value: T;
  try {
    value = work(frozen);
  } catch (error) {
    guard.thaw();
    throw error;
  }
  const thaw = guard.thaw();
  if (isThenable(value)) throw new TypeError('withFrozen runs synchronous work only; a promise was returned');
  if (thaw.ok) return { held: true, value, times: timesOf(frozen, thaw), cause: thaw.cause };
  return {
    held: false,
    error: endedEarly(guard.where, reasonOf(thaw.cause, guard.leaseMs)),
    cause: thaw.cause,
    times: thaw.ended === null ? null : timesOf(frozen, thaw.ended),
  };
}

function timesOf(frozen: FrozenMoment, thaw: { readonly before: Moment; readonly after: Moment }): FreezeTimes {
  return {
    stall: { from: frozen.before, to: thaw.after },
    frozen: { from: frozen.after, to: thaw.before },
  };
}

function reasonOf(cause: (ThawOutcome & { ok: false })['cause'], leaseMs: number): string {
  switch (cause) {
    case 'deadline':
      return `the longest pause allowed, ${leaseMs} ms, was over`;
    case 'witness':
      return `the longest pause allowed, ${leaseMs} ms, was over, or the process that held it was gone`;
    case 'unknown':
      return 'another program ended it';
    default:
      return 'the process that held it was gone';
  }
}

function isThenable(value: unknown): boolean {
  return typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function';
}
