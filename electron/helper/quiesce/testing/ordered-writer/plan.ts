/** Ways to write. Each is one step however many calls it takes; the next step begins only after it is complete. */
export const stepKinds = [
  'in-place',
  'append',
  'rename-over',
  'synced',
  'direct',
  'io-uring',
  'io-uring-direct',
  'io-uring-registered',
  'aio',
  'mapped',
  'mapped-synced',
  'mapped-at-times',
  'hardlink',
  'truncate',
  'move',
  'unlinked',
  'loop',
  'scattered',
] as const;
export type StepKind = (typeof stepKinds)[number];

export interface WriterPlan {
  /** Taken in turns. */
  readonly kinds: readonly StepKind[];
  /** Files of each kind, taken in turns: 1 keeps all steps of a kind within one file. */
  readonly files: number;
  /** Blocks of each file written in place, taken in turns. */
  readonly blocks: number;
  /** `scattered` only: this writer has every `of`th block of the file, so that several can share it. Default: all. */
  readonly share?: { readonly own: number; readonly of: number };
}

export const blockBytes = 4096;
/** A replaced file is this long and written in as many calls, so that a copy can catch it half written. */
export const replacementBlocks = 3;

/** What a step changes, and nothing else. */
export interface Cell {
  readonly kind: StepKind;
  readonly file: string;
  /** Counts the steps of this file, from 0 or 1. */
  readonly round: number;
  readonly block: number;
}

/** Steps count from 1. Which cell a step writes follows from its number alone. */
export function cellOfStep(plan: WriterPlan, step: number): Cell {
  const kind = plan.kinds[step % plan.kinds.length];
  if (kind === undefined) throw new Error('a plan needs at least one kind of step');
  const turn = Math.floor(step / plan.kinds.length);
  const round = Math.floor(turn / plan.files);
  const block = kind === 'scattered' ? scatteredBlock(plan, step) : round % blocksOf(plan, kind);
  return { kind, file: fileName(kind, turn % plan.files), round, block };
}

/** Any block of the writer's share, the same for the same step. */
function scatteredBlock({ blocks, share = { own: 0, of: 1 } }: WriterPlan, step: number): number {
  // Knuth's multiplicative hash: neighbouring steps land far from each other.
  const anywhere = Math.imul(step, 2654435761) >>> 0;
  return share.own + share.of * (anywhere % Math.floor(blocks / share.of));
}

/** Blocks that a file of this kind is written in, one at a time. */
export function blocksOf(plan: WriterPlan, kind: StepKind): number {
  return kind === 'append' || kind === 'rename-over' ? 1 : plan.blocks;
}

export function fileName(kind: StepKind, index: number): string {
  return `${kind}-${index}`;
}

/** Every file of the plan with its kind. */
export function filesOf(plan: WriterPlan): readonly { readonly kind: StepKind; readonly file: string }[] {
  return plan.kinds.flatMap((kind) =>
    Array.from({ length: plan.files }, (_, index) => ({ kind, file: fileName(kind, index) })),
  );
}

export const temporaryName = 'next.tmp';

/** A name that says which step gave it. */
export function nameAt(file: string, step: number): string {
  return `${file}.at-${String(step).padStart(10, '0')}`;
}

/** One block that says which step wrote it, over and over: a block of two steps is recognised. */
export function blockOfStep(step: number): Buffer {
  return Buffer.alloc(blockBytes, line(step));
}

/** 16 bytes. */
export function line(step: number): string {
  return `step ${String(step).padStart(10, '0')}\n`;
}

export const lineBytes = 16;
