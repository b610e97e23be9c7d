import type { SourceActivity } from '../../shared/domain/schedule/facts.ts';
import type { Source } from '../../shared/domain/source.ts';
import type { SchedulerPorts } from './contract.ts';

const shortestPauseMs = 5 * 60_000;
/** Looking takes at most a twentieth of the time. */
const pausePerMsLooked = 20;

/** What changed in a source, asked only where its schedule depends on it, and not more often than it is worth. */
export class ActivityWatch {
  readonly #ports: Pick<SchedulerPorts, 'activity' | 'now' | 'monotonic'>;
  #seen: { readonly since: number; readonly activity: SourceActivity } | null = null;
  #notBefore = Number.NEGATIVE_INFINITY;

  constructor(ports: Pick<SchedulerPorts, 'activity' | 'now' | 'monotonic'>) {
    this.#ports = ports;
  }

  /** When it was last seen that nothing had changed. */
  get unchangedAt(): number | null {
    return this.#seen?.activity.changes === 0 ? this.#seen.activity.at : null;
  }

  /** Null: not looked at, or it could not be; `problem` says why then. */
  async since(
    source: Source,
    lastSnapshotAt: number | null,
  ): Promise<{ readonly activity: SourceActivity | null; readonly problem: unknown }> {
    const { schedule } = source.policy;
    const none = { activity: null, problem: undefined };
    if (lastSnapshotAt === null || (schedule.kind !== 'quiet' && schedule.kind !== 'changes')) return none;
    const { now, monotonic, activity } = this.#ports;
    if (now() < lastSnapshotAt + schedule.atMostEveryMinutes * 60_000) return none;
    if (this.#seen?.since !== lastSnapshotAt) this.#seen = null;
    if (monotonic() < this.#notBefore) return { activity: this.#seen?.activity ?? null, problem: undefined };
    // Also a look that fails, or that is ended with us, was one.
    this.#notBefore = monotonic() + shortestPauseMs;
    try {
      const { changes, newestChangeAt, tookMs } = await activity(source, lastSnapshotAt);
      this.#notBefore = monotonic() + Math.max(shortestPauseMs, tookMs * pausePerMsLooked);
      this.#seen = { since: lastSnapshotAt, activity: { changes, newestChangeAt, at: now() } };
      return { activity: this.#seen.activity, problem: undefined };
    } catch (problem) {
      return { activity: null, problem };
    }
  }
}
