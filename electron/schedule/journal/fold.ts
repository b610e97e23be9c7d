import type { RunId } from '../../../shared/domain/ids.ts';
import type { HeldBack, NotRun } from '../../../shared/domain/schedule/facts.ts';
import type { Schedule } from '../../../shared/domain/schedule/schedule.ts';
import type { JournaledRun } from '../contract.ts';
import type { Entry } from './entries.ts';

/** A slot that was held back, with since when it is for this reason. */
export interface HeldSlot extends HeldBack {
  readonly since: number;
}

/** What a journal says, folded from its entries in their order. */
export class History {
  /** Null until a schedule was written down. */
  schedule: { readonly since: number; readonly schedule: Schedule } | null = null;
  accountedUntil: number | null = null;
  /** All lines; of these, those that were whole and not understood, and those that were damaged. */
  lines = 0;
  unknown = 0;
  damaged = 0;
  readonly #runs = new Map<RunId, JournaledRun>();
  readonly #held = new Map<number, HeldSlot>();
  readonly #missed: NotRun[] = [];

  /** In the order in which they began. */
  get runs(): JournaledRun[] {
    return [...this.#runs.values()];
  }

  /** Runs without an end: under way, or ended with whoever did them. */
  get open(): JournaledRun[] {
    return this.runs.filter(({ endedAt }) => endedAt === null);
  }

  get held(): HeldSlot[] {
    return [...this.#held.values()];
  }

  heldAt(slot: number): HeldSlot | undefined {
    return this.#held.get(slot);
  }

  get missed(): readonly NotRun[] {
    return this.#missed;
  }

  add(entry: Entry): void {
    switch (entry.type) {
      case 'schedule-set':
        this.schedule = { since: entry.since, schedule: entry.schedule };
        return;
      case 'began': {
        const { runId, slot, trigger, by, repositoryId, at } = entry;
        const open = { startedAt: at, endedAt: null, outcome: null, recovered: false };
        this.#runs.set(runId, { runId, slot, trigger, by, repositoryId, ...open });
        return;
      }
      case 'ended': {
        const run = this.#runs.get(entry.runId);
        if (!run) return;
        const { outcome, recovered, endedAt = entry.at } = entry;
        this.#runs.set(run.runId, { ...run, endedAt, outcome, recovered: recovered === true });
        return;
      }
      case 'held-back': {
        const before = this.#held.get(entry.slot);
        const since = before?.because === entry.because ? before.since : entry.at;
        this.#held.set(entry.slot, { slot: entry.slot, because: entry.because, since });
        return;
      }
      case 'accounts': {
        const [first, ...others] = entry.notRun;
        if (first) this.#miss(first, entry.joins === true);
        this.#missed.push(...others);
        this.accountedUntil = entry.until;
        // Only what is not accounted for is still asked about.
        for (const slot of this.#held.keys()) if (entry.until !== null && slot <= entry.until) this.#held.delete(slot);
      }
    }
  }

  #miss(notRun: NotRun, joins: boolean): void {
    const last = this.#missed.at(-1);
    if (joins && last?.because === notRun.because && last.to === this.accountedUntil) {
      this.#missed[this.#missed.length - 1] = { ...last, to: notRun.to, slots: last.slots + notRun.slots };
    } else {
      this.#missed.push(notRun);
    }
  }
}
