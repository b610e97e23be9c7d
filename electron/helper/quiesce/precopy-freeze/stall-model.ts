import { canExpediteRcu } from '../holding/rcu.ts';

/** The freeze call itself with everything flushed, ms; most of it waits for all processors to pass a safe point. */
const freezeMs = { expedited: 20, plain: 50 } as const;

export function idleFreezeMs(): number {
  return canExpediteRcu() ? freezeMs.expedited : freezeMs.plain;
}

/** What writers last had to wait, by filesystem, as long as this process lives. */
export class MeasuredStalls {
  readonly #lastMs = new Map<string, number>();

  note(filesystem: string, stallMs: number): void {
    const before = this.#lastMs.get(filesystem);
    // One slow hold is not what the next one will be.
    this.#lastMs.set(filesystem, before === undefined ? stallMs : (before + stallMs) / 2);
  }

  /** Milliseconds writers are expected to wait: as measured here, and never less than an idle freeze may take. */
  expectedMs(filesystem: string): number {
    return Math.ceil(Math.max(idleFreezeMs(), this.#lastMs.get(filesystem) ?? 0));
  }
}
