import { StillpointError } from '../../../../shared/errors/index.ts';
import { delaySleep, type SleepLock, type SleepState, sleepState } from '../../system/sleep.ts';
import type { SystemBus } from '../../system/system-bus.ts';
import type { PhaseReporter } from '../contract.ts';

/** How the system's sleep is seen and held off; another in tests. */
export interface SleepWatch {
  delay(why: string): Promise<SleepLock>;
  state(): Promise<SleepState>;
}

export function systemSleep(bus: SystemBus = {}): SleepWatch {
  return { delay: (why) => delaySleep(why, bus), state: () => sleepState(bus) };
}

/** Sleep held off for one freeze. Disposed of after the thaw: a machine must not fall asleep with writers held. */
export interface SleepHold extends AsyncDisposable {
  /** Right before the freeze: rejects with `freeze-refused` when sleep was announced in the meantime. */
  requireAwake(): Promise<void>;
}

const nobodyWords =
  'Nothing on this system announces that it goes to sleep, so sleep is not held off while a filesystem is held still.';

/**
 * No freeze begins once sleep is announced, and sleep waits for the end of one. What it takes is taken before the freeze
 * and given back after the thaw; in between nobody waits for it.
 */
export class SleepGate {
  readonly #watch: SleepWatch;
  #isToldOfNobody = false;

  constructor(watch: SleepWatch) {
    this.#watch = watch;
  }

  /** `leaseMs`: how long writers may be held. Rejects with `freeze-refused`, and holds nothing then. */
  async hold(leaseMs: number, report: Pick<PhaseReporter, 'note'>): Promise<SleepHold> {
    const taken = await this.#watch.delay('A backup holds a filesystem still for a moment');
    if (taken.state === 'nobody') {
      if (!this.#isToldOfNobody) report.note('info', nobodyWords);
      this.#isToldOfNobody = true;
      return { requireAwake: async () => {}, [Symbol.asyncDispose]: async () => {} };
    }
    if (taken.state !== 'held') throw refused(taken.state);
    const { lock, delayMs } = taken;
    if (leaseMs > delayMs) {
      await lock.release();
      throw tooLong(leaseMs, delayMs);
    }
    return {
      requireAwake: async () => {
        const state = await this.#watch.state();
        if (state !== 'not-announced') throw refused(state === 'announced' ? state : 'no-answer');
        if (!lock.isHeld) throw refused('no-answer');
      },
      [Symbol.asyncDispose]: () => lock.release(),
    };
  }
}

function refused(state: 'announced' | 'no-answer'): StillpointError {
  return new StillpointError({
    kind: 'freeze-refused',
    message:
      state === 'announced'
        ? 'The system is about to sleep, and nothing may be held still then.'
        : 'The system could not be asked to wait with sleep, so nothing was held still.',
    guidance:
      state === 'announced'
        ? 'The next run after it woke up holds again.'
        : 'Look whether the login manager of this system runs (systemd-logind or elogind).',
    retryable: true,
  });
}

function tooLong(leaseMs: number, delayMs: number): StillpointError {
  const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`;
  return new StillpointError({
    kind: 'freeze-refused',
    message: `Writers may be held for ${seconds(leaseMs)}, and this system waits only ${seconds(delayMs)} before it sleeps.`,
    guidance: 'Allow a shorter pause, or raise InhibitDelayMaxSec in logind.conf.',
  });
}
