import type { KeptPicture } from './kept-picture.ts';

/** Of these filesystems (`8:1`) those that a program is handed files of. Ends early once `isOver` says so. */
export type FindHandedOut = (devices: ReadonlySet<string>, isOver: () => boolean) => Promise<ReadonlySet<string>>;

export interface UntoldLooksOptions {
  readonly find: FindHandedOut;
  readonly everyMs: number;
  readonly now: () => number;
  /** Pictures that nobody has borrowed. */
  readonly kept: () => readonly KeptPicture[];
  /** Nobody is at work who may hold writers. */
  readonly isQuiet: () => boolean;
}

/** For people. */
export const handedOut =
  'A program was handed files of its filesystem by the kernel, and can have changed them untold.';

/**
 * Looks between runs for programs that write without events: those that listen to a filesystem and are handed its files
 * open for writing. A run would refuse to hold while there is one; one that is gone by then is known from here only.
 */
export class UntoldLooks {
  readonly #options: UntoldLooksOptions;
  #lookedAtMs: number;
  #underWay: Promise<void> | null = null;

  constructor(options: UntoldLooksOptions) {
    this.#options = options;
    this.#lookedAtMs = options.now();
  }

  /** Begins a look where one is due. What it finds is a doubt for the pictures of that filesystem, in whosever hands. */
  look(): void {
    const { now, everyMs } = this.#options;
    // A clock that was set back must not put it off for long.
    const isDue = Math.abs(now() - this.#lookedAtMs) >= everyMs;
    if (!isDue || this.#underWay !== null) return;
    this.#lookedAtMs = now();
    this.#underWay = this.#find().finally(() => {
      this.#underWay = null;
    });
  }

  async ended(): Promise<void> {
    await this.#underWay;
  }

  async #find(): Promise<void> {
    const kept = this.#options.kept();
    const devices = new Set(kept.map(({ device }) => device));
    try {
      const found = await this.#options.find(devices, () => !this.#options.isQuiet());
      for (const each of kept) if (found.has(each.device)) each.doubt(handedOut);
    } catch (error) {
      for (const each of kept)
        each.doubt(`Whether programs write to it untold could not be looked at: ${(error as Error).message}`);
    }
  }
}
