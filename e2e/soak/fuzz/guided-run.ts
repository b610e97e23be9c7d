import type { FuzzTarget } from '../../../electron/helper/repository/testing/fuzz-target.ts';
import { tryInput } from '../../../electron/helper/repository/testing/fuzz-targets.ts';
import { Covered } from './covered.ts';
import { belowFrom, mutate } from './mutate.ts';

export interface GuidedRun {
  readonly target: FuzzTarget;
  readonly seed: number;
  readonly count: number;
  /** Called right before an input is tried. */
  readonly onInput: (input: Buffer) => void;
}

export interface GuidedResult {
  readonly tried: number;
  /** Inputs that others are made from, and blocks of code that ran. */
  readonly kept: number;
  readonly blocks: number;
}

/** An input that a target did not take as it must. */
export class Finding extends Error {
  readonly input: Buffer;

  constructor(target: string, input: Buffer, cause: unknown) {
    super(`${target}: ${cause instanceof Error ? (cause.stack ?? cause.message) : String(cause)}`, { cause });
    this.input = input;
  }
}

const batch = 256;
/** So many batches without anything new: looking for it costs more than it brings. */
const enough = 200;

/** Tries `count` inputs. Throws `Finding` with the first that is not taken as it must. */
export function guidedRun({ target, seed, count, onInput }: GuidedRun): GuidedResult {
  const below = belowFrom(seed);
  const corpus: Uint8Array[] = [...target.seeds];
  const pick = (): Uint8Array => corpus[below(corpus.length)] ?? new Uint8Array();
  const attempt = (input: Buffer): void => {
    onInput(input);
    try {
      tryInput(target, Buffer.from(input));
    } catch (error) {
      throw new Finding(target.name, input, error);
    }
  };
  const covered = new Covered();
  covered.start();
  for (const input of corpus) attempt(Buffer.from(input));
  covered.takeNew();
  let tried = corpus.length;
  let quiet = 0;
  while (tried < count) {
    const inputs = Array.from({ length: Math.min(batch, count - tried) }, () => mutate(pick(), pick(), below));
    for (const input of inputs) attempt(input);
    tried += inputs.length;
    if (quiet >= enough) continue;
    quiet += 1;
    const fresh = covered.takeNew();
    if (fresh.size === 0) continue;
    quiet = 0;
    let suspects = inputs;
    while (suspects.length > 1) {
      const half = suspects.slice(0, suspects.length >> 1);
      for (const input of half) attempt(input);
      suspects = covered.take().isDisjointFrom(fresh) ? suspects.slice(half.length) : half;
    }
    corpus.push(...suspects);
  }
  const result = { tried, kept: corpus.length, blocks: covered.blocks };
  covered.stop();
  return result;
}
