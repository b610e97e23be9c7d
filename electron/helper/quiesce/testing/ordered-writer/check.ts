import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  blockBytes,
  blockOfStep,
  cellOfStep,
  fileName,
  line,
  lineBytes,
  replacementBlocks,
  type StepKind,
  temporaryName,
  type WriterPlan,
} from './plan.ts';

export interface PrefixVerdict {
  /** True when the copy holds exactly the first `step` steps, and perhaps a beginning of the next. */
  readonly isPrefix: boolean;
  /** Newest step found anywhere. */
  readonly step: number;
  /** What contradicts it; at most ten. */
  readonly problems: readonly string[];
}

/**
 * Judges a copy of what the ordered writer wrote: is it the state after some step, each later one missing altogether? A
 * step that is there without the one before it proves that the copy was not taken at one instant.
 */
export function checkPrefix(directory: string, plan: WriterPlan): PrefixVerdict {
  const problems: string[] = [];
  const found = readCells(directory, plan, problems);
  const step = Math.max(0, ...found.values());
  for (const [cell, expected] of stateAfter(plan, step)) {
    const actual = found.get(cell);
    if (actual !== undefined && actual !== expected)
      problems.push(`${cell} holds step ${actual}; after step ${step} it must hold ${expected}`);
  }
  checkTemporary(directory, plan, step, problems);
  return { isPrefix: problems.length === 0, step, problems: problems.slice(0, 10) };
}

export interface FileVerdict {
  readonly file: string;
  /** True when the file is as it was after some step, whatever the others are. */
  readonly isOneVersion: boolean;
}

/** Judges every file of a copy by itself: what a copy must hold that claims no more than whole files. */
export function checkFiles(directory: string, plan: WriterPlan): readonly FileVerdict[] {
  return plan.kinds.flatMap((kind) =>
    Array.from({ length: plan.files }, (_, index) => {
      const file = fileName(kind, index);
      const problems: string[] = [];
      const found = readFile(directory, plan, kind, file, problems);
      const expected = stateAfter(plan, Math.max(0, ...found.values()));
      const isOneState = [...found].every(([cell, step]) => expected.get(cell) === step);
      return { file, isOneVersion: problems.length === 0 && isOneState };
    }),
  );
}

/** Last step of every cell after `step` steps. */
function stateAfter(plan: WriterPlan, step: number): Map<string, number> {
  const state = new Map<string, number>();
  for (const key of allCells(plan)) state.set(key, 0);
  for (let each = 1; each <= step; each += 1) state.set(keyOf(cellOfStep(plan, each)), each);
  return state;
}

function allCells(plan: WriterPlan): string[] {
  return plan.kinds.flatMap((kind) =>
    Array.from({ length: plan.files }, (_, index) => index).flatMap((index) => {
      const blocks = kind === 'in-place' ? plan.blocks : 1;
      return Array.from({ length: blocks }, (_, block) => keyOf({ file: fileName(kind, index), block }));
    }),
  );
}

function keyOf({ file, block }: { readonly file: string; readonly block: number }): string {
  return `${file}#${block}`;
}

function readCells(directory: string, plan: WriterPlan, problems: string[]): Map<string, number> {
  const found = new Map<string, number>();
  for (const kind of plan.kinds)
    for (let index = 0; index < plan.files; index += 1)
      for (const [cell, step] of readFile(directory, plan, kind, fileName(kind, index), problems))
        found.set(cell, step);
  return found;
}

/** Steps by cell of one file. */
function readFile(
  directory: string,
  plan: WriterPlan,
  kind: StepKind,
  file: string,
  problems: string[],
): Map<string, number> {
  const found = new Map<string, number>();
  const path = join(directory, file);
  if (!existsSync(path)) {
    problems.push(`${file} is missing`);
    return found;
  }
  const content = readFileSync(path);
  const first = keyOf({ file, block: 0 });
  if (kind === 'append') return found.set(first, lastOfLog(content, plan, file, problems));
  const blocks = kind === 'in-place' ? plan.blocks : replacementBlocks;
  if (content.length !== blocks * blockBytes) problems.push(`${file} has ${content.length} bytes`);
  for (let block = 0; block < blocks; block += 1) {
    const step = stepOfBlock(content.subarray(block * blockBytes, (block + 1) * blockBytes));
    if (step === undefined) problems.push(`block ${block} of ${file} is of no single step`);
    else if (kind === 'in-place') found.set(keyOf({ file, block }), step);
    else if (block > 0 && found.get(first) !== step) problems.push(`${file} is of two steps`);
    else found.set(first, step);
  }
  return found;
}

function stepOfBlock(block: Buffer): number | undefined {
  const step = stepOfLine(block.subarray(0, lineBytes));
  return step !== undefined && block.equals(blockOfStep(step)) ? step : undefined;
}

function stepOfLine(bytes: Buffer): number | undefined {
  const digits = /^step (\d{10})\n$/.exec(bytes.toString('latin1'))?.[1];
  return digits === undefined ? undefined : Number(digits);
}

/** A log must hold every step that was its turn, in order, up to its last. */
function lastOfLog(content: Buffer, plan: WriterPlan, file: string, problems: string[]): number {
  const last = stepOfLine(content.subarray(content.length - lineBytes));
  if (last === undefined) {
    problems.push(`${file} ends in the middle of a line`);
    return 0;
  }
  const lines = [line(0)];
  for (let step = 1; step <= last; step += 1) if (cellOfStep(plan, step).file === file) lines.push(line(step));
  if (!content.equals(Buffer.from(lines.join('')))) problems.push(`${file} misses a step or holds one twice`);
  return last;
}

/** What a step has prepared under another name belongs to the next step, if anything. */
function checkTemporary(directory: string, plan: WriterPlan, step: number, problems: string[]): void {
  const path = join(directory, temporaryName);
  if (!existsSync(path)) return;
  const content = readFileSync(path);
  if (cellOfStep(plan, step + 1).kind !== 'rename-over') problems.push(`${temporaryName} is there after step ${step}`);
  for (let at = 0; at < content.length; at += blockBytes) {
    const own = stepOfBlock(content.subarray(at, at + blockBytes));
    if (own !== step + 1) problems.push(`${temporaryName} is of step ${own}, not of ${step + 1}`);
  }
}
