import { type Inhibitor, inhibit } from './inhibitor.ts';
import { busProperty, type SystemBus } from './system-bus.ts';

/** What the login manager says of sleep. `nobody`: there is none here that announces it. */
export type SleepState = 'announced' | 'not-announced' | 'nobody' | 'no-answer';

export async function sleepState(bus: SystemBus = {}): Promise<SleepState> {
  const answer = await managerProperty('PreparingForSleep', bus);
  if (answer.state === 'absent') return 'nobody';
  if (answer.state === 'no-answer' || typeof answer.value !== 'boolean') return 'no-answer';
  return answer.value ? 'announced' : 'not-announced';
}

export type SleepLock =
  | {
      /** Sleep waits for us, at most `delayMs`. */
      readonly state: 'held';
      readonly lock: Inhibitor;
      readonly delayMs: number;
    }
  /** Nothing here announces sleep, so that nothing can be asked to wait. */
  | { readonly state: 'nobody' }
  /** It is on its way, or that cannot be told. */
  | { readonly state: 'announced' | 'no-answer' };

/** systemd's own default, where a login manager does not tell: InhibitDelayMaxSec of logind.conf(5). */
const usualDelayMs = 5_000;

/** Who was not there so shortly ago has not come up and refused in between, ms. */
const momentMs = 300;

/**
 * Makes sleep wait until the lock is released. A login manager refuses the lock once sleep is under way; whether it is
 * is asked once more when the lock is held, so that `held` means: not announced, and from now on delayed. Never rejects.
 */
export async function delaySleep(why: string, bus: SystemBus = {}): Promise<SleepLock> {
  const askedMs = performance.now();
  const [lock, limit] = await Promise.all([
    inhibit({ what: 'sleep', mode: 'delay', why }, bus),
    managerProperty('InhibitDelayMaxUSec', bus),
  ]);
  const isOfNow = performance.now() - askedMs < momentMs;
  if (lock === undefined && limit.state === 'absent' && isOfNow) return { state: 'nobody' };
  const state = await sleepState(bus);
  if (lock === undefined) return { state: state === 'not-announced' ? 'no-answer' : state };
  if (state === 'not-announced') {
    // One that came up meanwhile had nothing to say then.
    const told = limit.state === 'value' ? limit : await managerProperty('InhibitDelayMaxUSec', bus);
    const delayMs = told.state === 'value' && typeof told.value === 'number' ? told.value / 1000 : usualDelayMs;
    return { state: 'held', lock, delayMs };
  }
  await lock.release();
  return { state: state === 'nobody' ? 'no-answer' : state };
}

function managerProperty(name: string, bus: SystemBus): ReturnType<typeof busProperty> {
  const manager = 'org.freedesktop.login1.Manager';
  return busProperty(
    { service: 'org.freedesktop.login1', path: '/org/freedesktop/login1', interface: manager, name },
    bus,
  );
}
