import { StillpointError as Failure, type StillpointError } from '../../../../shared/errors/index.ts';
import { hasCode } from '../../system/errno.ts';
import { thaw as thawIoctl } from '../../system/ioctl.ts';
import { waitReadable } from '../../system/poll.ts';
import { endedEarly, freezeRefused, guardDidNotStart } from './freeze-errors.ts';
import type { GuardProcess } from './guard-process.ts';
import { causeOf, command, type Frame, type GuardAbilities, type Moment, type Page, type ThawCause } from './wire.ts';

/** Around the FIFREEZE call. Writers may have been held since `before`; all are since `after`. */
export interface FrozenMoment {
  readonly before: Moment;
  readonly after: Moment;
  /** CLOCK_MONOTONIC ns at which the guard lets go by itself. */
  readonly leaseEndsNs: bigint;
}

export type ThawOutcome =
  | {
      /** The filesystem was still frozen when the thaw was asked for. */
      readonly ok: true;
      readonly cause: ThawCause;
      readonly before: Moment;
      readonly after: Moment;
    }
  | {
      readonly ok: false;
      readonly reason: 'ended-early';
      /** Who ended it; `unknown` when it was none of us. */
      readonly cause: ThawCause | 'unknown';
      /** The call that did end it, when it was one of ours. */
      readonly ended: { readonly before: Moment; readonly after: Moment } | null;
    };

/**
 * One freeze, guarded. `freeze` and `thaw` hold up the calling thread and nothing else: no timer, no event, no promise
 * lies between them. Whatever happens to this process, the filesystem is thawed within lease + margin.
 */
export interface FreezeGuard extends AsyncDisposable {
  readonly pids: { readonly guard: number; readonly witness: number };
  readonly abilities: { readonly guard: GuardAbilities; readonly witness: GuardAbilities };
  readonly where: string;
  readonly leaseMs: number;
  readonly state: 'ready' | 'frozen' | 'ended';
  /** Throws `freeze-busy`, `freeze-unsupported`, `freeze-not-permitted`, `freeze-refused`, `freeze-ended-early`. */
  freeze(): FrozenMoment;
  /** Never throws for a freeze that ended early: that is an outcome. What was read is void then. */
  thaw(): ThawOutcome;
  /** Thaws if need be, and resolves when guard and witness are reaped. May be called more than once. */
  close(): Promise<void>;
}

export interface GuardParts {
  readonly where: string;
  readonly leaseMs: number;
  readonly marginMs: number;
  readonly guard: GuardProcess;
  readonly witness: GuardProcess;
  readonly mountFd: number;
  readonly guardPidfd: number;
  readPage(): Page;
  writeRcu(value: number): void;
  closeDescriptors(): void;
}

/** How long a guard may take over what costs microseconds before it is held to be stopped. */
const DEAF_AFTER_MS = 250;

export function newFreezeGuard(parts: GuardParts): FreezeGuard {
  const { guard, witness } = parts;
  let state: FreezeGuard['state'] = 'ready';
  let closing: Promise<void> | undefined;
  /** When the witness has acted if it can, by this process's clock: nobody is waited for longer. */
  let witnessDueAt = 0;
  const setWitnessDue = (): void => {
    witnessDueAt = performance.now() + parts.leaseMs + parts.marginMs + DEAF_AFTER_MS;
  };

  const freeze = (): FrozenMoment => {
    if (state !== 'ready') throw new Error(`a guard holds one freeze; this one is ${state}`);
    // A witness that sleeps would not be one.
    if (!isAwake(witness)) throw guardDidNotStart('its witness does not answer');
    state = 'frozen';
    setWitnessDue();
    const answer = guard.tell(command.freeze) ? hearWhile(parts, 'idle', witnessDueAt) : 'gone';
    if (typeof answer === 'object' && answer.kind === 'frozen') {
      setWitnessDue();
      const leaseEndsNs = answer.after.monotonicNs + BigInt(parts.leaseMs) * 1_000_000n;
      return { before: answer.before, after: answer.after, leaseEndsNs };
    }
    state = 'ended';
    if (typeof answer === 'object' && (answer.kind === 'busy' || answer.kind === 'failed'))
      throw freezeRefused(answer.errno, parts.where);
    endInGuardsPlace(parts);
    throw endedEarly(parts.where, 'the process that holds it stopped answering');
  };

  const thaw = (): ThawOutcome => {
    if (state !== 'frozen') throw new Error(`there is nothing to thaw; this guard is ${state}`);
    state = 'ended';
    const askedNs = process.hrtime.bigint();
    const answer = guard.tell(command.thaw) ? hearWhile(parts, 'frozen', witnessDueAt) : guard.hear(0);
    if (typeof answer === 'object') return outcomeOf(answer, askedNs, causeOf(answer));
    return endInGuardsPlace(parts, askedNs);
  };

  const close = async (): Promise<void> => {
    try {
      if (state === 'frozen') thaw();
    } finally {
      state = 'ended';
      guard.letGo();
      witness.letGo();
      // Whatever the witness still has to do, it does within its margin after the guard's end.
      await guard.ended(2000);
      await witness.ended(parts.marginMs + 2000);
      parts.closeDescriptors();
    }
  };
  const closeOnce = (): Promise<void> => {
    closing ??= close();
    return closing;
  };

  return {
    pids: { guard: guard.pid, witness: witness.pid },
    abilities: { guard: guard.abilities, witness: witness.abilities },
    where: parts.where,
    leaseMs: parts.leaseMs,
    get state() {
      return state;
    },
    freeze,
    thaw,
    close: closeOnce,
    [Symbol.asyncDispose]: closeOnce,
  };
}

function isAwake(witness: GuardProcess): boolean {
  const answer = witness.tell(command.ping) ? witness.hear(DEAF_AFTER_MS) : 'gone';
  return typeof answer === 'object' && answer.kind === 'ready';
}

/**
 * The guard's answer. Neither FIFREEZE nor FITHAW can be cut short, and both may wait for the disk: a guard that is seen to
 * be at it is not deaf. One that after a while has not begun (`before`) is, and so is one that is done and does not say so.
 */
function hearWhile(parts: GuardParts, before: 'idle' | 'frozen', untilMs: number): Frame | 'silent' | 'gone' {
  const atIt = before === 'idle' ? 'freezing' : 'thawing';
  for (;;) {
    const leftMs = Math.max(0, Math.ceil(untilMs - performance.now()));
    const answer = parts.guard.hear(Math.min(DEAF_AFTER_MS, leftMs));
    if (answer !== 'silent' || leftMs === 0) return answer;
    const { state } = parts.readPage();
    if (state !== atIt) return parts.guard.hear(state === before ? 0 : DEAF_AFTER_MS);
  }
}

function outcomeOf(answer: Frame, askedNs: bigint, cause: ThawCause): ThawOutcome {
  const { before, after } = answer;
  if (answer.kind !== 'thawed') return { ok: false, reason: 'ended-early', cause: 'unknown', ended: null };
  // Whoever thawed: it held long enough if, and only if, the thaw began after it was asked for.
  if (before.monotonicNs >= askedNs) return { ok: true, cause, before, after };
  return { ok: false, reason: 'ended-early', cause, ended: { before, after } };
}

/** The guard is dead or deaf: the witness ends the freeze, and this process does if the witness cannot. */
function endInGuardsPlace(parts: GuardParts, askedNs: bigint = process.hrtime.bigint()): ThawOutcome {
  const answer = parts.witness.tell(command.thaw) ? hearWitness(parts) : parts.witness.hear(0);
  if (typeof answer === 'object') return outcomeOf(answer, askedNs, 'witness');
  return endOurselves(parts, askedNs);
}

/** A witness that leaves a plainly frozen filesystem frozen is deaf too; in any other state it may have to wait. */
function hearWitness(parts: GuardParts): Frame | 'silent' | 'gone' {
  const hopelessAt = performance.now() + parts.marginMs + DEAF_AFTER_MS;
  for (;;) {
    const answer = parts.witness.hear(DEAF_AFTER_MS);
    if (answer !== 'silent') return answer;
    if (parts.readPage().state === 'frozen' || performance.now() > hopelessAt) return 'silent';
  }
}

function endOurselves(parts: GuardParts, askedNs: bigint): ThawOutcome {
  // Neither may wake up later and act: the filesystem could be somebody else's by then.
  parts.guard.kill();
  parts.witness.kill();
  // Its end makes the page final: it may be about to write down that the freeze was refused.
  waitReadable([parts.guardPidfd], 500);
  const page = parts.readPage();
  try {
    if (page.state === 'thawed' && page.thaw !== undefined) return outcomeOf(page.thaw, askedNs, causeOf(page.thaw));
    const isOurs = page.state === 'freezing' || page.state === 'frozen' || page.state === 'thawing';
    if (!isOurs) return { ok: false, reason: 'ended-early', cause: 'unknown', ended: null };
    return thawUntilCertain(parts, askedNs);
  } finally {
    if (page.rcuChanged) parts.writeRcu(page.rcuPrevious);
  }
}

/** EINVAL says "not frozen" only once the freezer can no longer be inside FIFREEZE. */
function thawUntilCertain(parts: GuardParts, askedNs: bigint): ThawOutcome {
  const giveUpAt = performance.now() + 60_000;
  while (performance.now() < giveUpAt) {
    const isFreezerGone = waitReadable([parts.guardPidfd], 0).length > 0;
    const before = momentNow();
    try {
      thawIoctl(parts.mountFd);
      const frame: Frame = { kind: 'thawed', errno: 0, detail: 0, before, after: momentNow() };
      return outcomeOf(frame, askedNs, 'helper');
    } catch (error) {
      if (hasCode(error, 'EINVAL') && isFreezerGone)
        return { ok: false, reason: 'ended-early', cause: 'unknown', ended: null };
    }
    waitReadable(isFreezerGone ? [] : [parts.guardPidfd], 10);
  }
  throw cannotThaw(parts.where);
}

function momentNow(): Moment {
  return { wallNs: BigInt(Date.now()) * 1_000_000n, monotonicNs: process.hrtime.bigint() };
}

function cannotThaw(where: string): StillpointError {
  return new Failure({
    kind: 'internal',
    message: `${where} is held still and cannot be let go.`,
    guidance: `As an administrator, run: fsfreeze --unfreeze ${where}`,
    context: { where },
  });
}
