import type { AppEvent } from '../../../shared/ipc/events.ts';
import type { ScheduleState } from '../../../shared/ipc/schedule.ts';
import type { PokeReason, Scheduler } from '../../schedule/index.ts';
import type { AlertDesk } from './alerts/alert-desk.ts';
import type { PlannedChecks } from './care/planned-checks.ts';
import type { Everyday } from './everyday.ts';
import type { SourceDirectory } from './source-directory.ts';
import { Throttle } from './throttle.ts';

export interface SchedulingOptions {
  readonly scheduler: Scheduler;
  readonly everyday: Everyday;
  readonly checks: Pick<PlannedChecks, 'look' | 'start' | 'stop'>;
  readonly alerts: Pick<AlertDesk, 'send' | 'settled' | 'stop'>;
  readonly autostart: {
    readonly isSet: boolean;
    look(): Promise<void>;
    /** Something is protected now: by default the app begins at login from then on. */
    somethingIsProtected(): Promise<void>;
  };
  readonly shell: { readonly hasTray: boolean };
  readonly sources: Pick<SourceDirectory, 'list'>;
  readonly broadcast: (event: AppEvent) => void;
  readonly report: (what: string, error: unknown) => void;
}

const changeIntervalMs = 500;

/** Scheduled runs from the start of the app to its end, and windows that know of it. */
export class Scheduling {
  readonly #options: SchedulingOptions;
  #stopListening: () => void = () => undefined;

  constructor(options: SchedulingOptions) {
    this.#options = options;
  }

  start(): void {
    const { scheduler, everyday, checks, broadcast } = this.#options;
    // A look at many sources is many changes at once; a window needs to know of them once.
    const tell = new Throttle<'all', AppEvent>(changeIntervalMs, broadcast);
    this.#stopListening = scheduler.onChange(() => {
      tell.push('all', { type: 'changed', topics: ['sources', 'timeline', 'schedule'] });
      everyday.changed();
    });
    everyday.start();
    checks.start();
    void scheduler.start();
    void this.#atLogin();
  }

  async stop(): Promise<void> {
    const { scheduler, everyday, checks, alerts } = this.#options;
    this.#stopListening();
    checks.stop();
    scheduler.stop();
    everyday.stop();
    alerts.stop();
    await alerts.settled();
    await scheduler.idle();
  }

  poke(reason: PokeReason): void {
    if (reason === 'network-changed') this.#options.alerts.send(true);
    this.#options.scheduler.poke(reason);
    this.#options.everyday.changed();
  }

  resumed(): void {
    this.#options.everyday.beginAgain();
    this.#options.scheduler.poke('resumed');
  }

  get state(): ScheduleState {
    const { scheduler, shell, autostart } = this.#options;
    return { pausedUntil: scheduler.pausedUntil(), tray: shell.hasTray, startsAtLogin: autostart.isSet };
  }

  async pause(until: number | 'forever' | null): Promise<ScheduleState> {
    await this.#options.scheduler.pause(until);
    this.#options.everyday.changed();
    return this.state;
  }

  async #atLogin(): Promise<void> {
    const { autostart, sources, report } = this.#options;
    try {
      await autostart.look();
      if ((await sources.list()).length > 0) await autostart.somethingIsProtected();
    } catch (error) {
      report('beginning at login', error);
    }
  }
}
