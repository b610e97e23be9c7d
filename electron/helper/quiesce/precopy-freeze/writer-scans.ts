import { StillpointError, throwIfAborted } from '../../../../shared/errors/index.ts';
import type { OpenWriters } from '../../system/open-writers.ts';
import { pause } from '../pause.ts';
import type { PrecopySteps } from './steps.ts';

/** Desktops hand descriptors about all the time; each is on its way for microseconds. */
const mostTries = 6;
const arrivalMs = 20;

/** Looks for who can write to one filesystem without opening anything anew. */
export class WriterScans {
  readonly #device: string;
  readonly #steps: Pick<PrecopySteps, 'scanBefore'>;
  readonly #signal: AbortSignal;
  #trusted: readonly string[] = [];

  constructor(device: string, steps: Pick<PrecopySteps, 'scanBefore'>, signal: AbortSignal) {
    this.#device = device;
    this.#steps = steps;
    this.#signal = signal;
  }

  /** Programs that could not be looked at and are trusted all the same, by the last look, for people. */
  get trusted(): readonly string[] {
    return this.#trusted;
  }

  /** A look before the freeze. Rejects with `freeze-refused` where not everybody can be seen. */
  async require(): Promise<OpenWriters> {
    const scan = await this.look(this.#steps.scanBefore);
    if (scan.gaps.length === 0) return scan;
    throw new StillpointError({
      kind: 'freeze-refused',
      message: `Who can write here unseen cannot be told: ${scan.gaps.join(' ')}`,
      guidance: 'Nothing was held still. It is taken by another method.',
    });
  }

  /** What was on its way from one program to another has arrived a moment later: a gap is looked at again. */
  async look(step: PrecopySteps['scanBefore']): Promise<OpenWriters> {
    for (let tries = 1; ; tries += 1) {
      throwIfAborted(this.#signal);
      let scan: OpenWriters;
      try {
        scan = await step(this.#device, this.#signal);
      } catch (error) {
        throwIfAborted(this.#signal);
        throw error;
      }
      this.#trusted = scan.trusted;
      if (scan.gaps.length === 0 || tries === mostTries) return scan;
      await pause(arrivalMs, this.#signal);
    }
  }
}
