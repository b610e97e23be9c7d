import type { Cell, StepKind, WriterPlan } from '../plan.ts';

/** Where a way to write finds its files. */
export interface WriterPlace {
  readonly directory: string;
  /** A folder of the same filesystem, not of the source. */
  readonly outside: string;
  readonly plan: WriterPlan;
  readonly kind: StepKind;
  /** Files of this kind. */
  readonly files: readonly string[];
}

/** One way to write, everything it will change prepared as step 0. */
export interface StepWriter {
  /** Returns when the step is complete: what comes after it in time comes after it in order. */
  write(cell: Cell, step: number): void;
}

export type OpenWriter = (place: WriterPlace) => StepWriter;
