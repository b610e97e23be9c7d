/** Ways to write. Each is one step however many calls it takes; the next step begins only after it is complete. */
export const stepKinds = ['in-place', 'append', 'rename-over'] as const;
export type StepKind = (typeof stepKinds)[number];

export interface WriterPlan {
  /** Taken in turns. */
  readonly kinds: readonly StepKind[];
  /** Files of each kind, taken in turns: 1 keeps all steps of a kind within one file. */
  readonly files: number;
  /** Blocks of each file written in place, taken in turns. */
  readonly blocks: number;
}

export const blockBytes = 4096;
/** A replaced file is this long and written in as many calls, so that a copy can catch it half written. */
export const replacementBlocks = 3;

/** The one place that a step changes, and nothing else. */
export interface Cell {
  readonly kind: StepKind;
  readonly file: string;
  readonly block: number;
}

/** Steps count from 1. Which cell a step writes follows from its number alone. */
export function cellOfStep(plan: WriterPlan, step: number): Cell {
  const kind = plan.kinds[step % plan.kinds.length];
  if (kind === undefined) throw new Error('a plan needs at least one kind of step');
  const turn = Math.floor(step / plan.kinds.length);
  const block = kind === 'in-place' ? Math.floor(turn / plan.files) % plan.blocks : 0;
  return { kind, file: fileName(kind, turn % plan.files), block };
}

export function fileName(kind: StepKind, index: number): string {
  return `${kind}-${index}`;
}

export const temporaryName = 'next.tmp';

/** One block that says which step wrote it, over and over: a block of two steps is recognised. */
export function blockOfStep(step: number): Buffer {
  return Buffer.alloc(blockBytes, line(step));
}

/** 16 bytes. */
export function line(step: number): string {
  return `step ${String(step).padStart(10, '0')}\n`;
}

export const lineBytes = 16;
