import type { Random } from './random.ts';

/** What a power cut leaves of a write. */
export type CutWrite = 'nothing' | 'a part' | 'all';

/**
 * A process that can lose its power at any effect it has on the world: before it, after it, or, where it writes, in the
 * middle. From then on nothing it asked for is ever answered.
 */
export class SimulatedProcess {
  readonly died: Promise<'died'>;
  readonly #random: Random;
  readonly #onDeath: (() => void)[] = [];
  #die: (value: 'died') => void;
  #effectsLeft = Number.POSITIVE_INFINITY;
  #alive = true;

  constructor(random: Random) {
    this.#random = random;
    const { promise, resolve } = Promise.withResolvers<'died'>();
    this.died = promise;
    this.#die = resolve;
  }

  get alive(): boolean {
    return this.#alive;
  }

  /** The power goes at the n-th effect from now. */
  cutAfter(effects: number): void {
    this.#effectsLeft = effects;
  }

  onDeath(work: () => void): void {
    this.#onDeath.push(work);
  }

  kill(): void {
    if (!this.#alive) return;
    this.#alive = false;
    for (const work of this.#onDeath) work();
    this.#die('died');
  }

  /** A write whose power cut leaves nothing, a part, or all of it. */
  async write(work: (cut: CutWrite) => void): Promise<void> {
    await this.#breathe();
    if (!this.#alive) return never();
    this.#effectsLeft--;
    if (this.#effectsLeft > 0) return work('all');
    work(this.#random.pick(['nothing', 'a part', 'all']));
    this.kill();
    return never();
  }

  /** Anything else that reaches outside. */
  async ask<T>(work: () => T): Promise<T> {
    await this.#breathe();
    if (!this.#alive) return never();
    this.#effectsLeft--;
    if (this.#effectsLeft > 0) return work();
    if (this.#random.chance(0.5)) work();
    this.kill();
    return never();
  }

  /** Others get their turn in between. */
  async #breathe(): Promise<void> {
    for (let turns = this.#random.int(0, 3); turns > 0; turns--) await undefined;
  }
}

function never<T>(): Promise<T> {
  return new Promise(() => undefined);
}
