import { blockBytes, blockOfStep, line, lineBytes } from '../plan.ts';

/** The step that wrote a block, or undefined when no single one did. */
export function stepOfBlock(block: Buffer): number | undefined {
  const step = stepOfLine(block.subarray(0, lineBytes));
  return step !== undefined && block.equals(blockOfStep(step)) ? step : undefined;
}

export function stepOfLine(bytes: Buffer): number | undefined {
  const digits = /^step (\d{10})\n$/.exec(bytes.toString('latin1'))?.[1];
  return digits === undefined ? undefined : Number(digits);
}

/**
 * A block of two steps and of nothing else, `older+newer`: what a store through memory leaves that was stopped half way.
 * Undefined when it is something else.
 */
export function twoStepsOfBlock(block: Buffer): number | string | undefined {
  const ends = [stepOfLine(block.subarray(0, lineBytes)), stepOfLine(block.subarray(blockBytes - lineBytes))];
  const [first, last] = ends;
  if (first === undefined || last === undefined || first === last) return undefined;
  const [a, b] = [line(first), line(last)];
  for (let at = 0; at < block.length; at += 1) {
    const byte = block[at];
    if (byte !== a.charCodeAt(at % lineBytes) && byte !== b.charCodeAt(at % lineBytes)) return undefined;
  }
  return both(first, last);
}

/** The fact of two steps where one of them is expected; of the same step twice, that step. */
export function both(a: number | string | undefined, b: number | string | undefined): number | string {
  if (Number(a) === Number(b)) return Number(a);
  const [older, newer] = [Number(a), Number(b)].toSorted((x, y) => x - y);
  return `${older}+${newer}`;
}

export function isZero(block: Buffer): boolean {
  return block.every((byte) => byte === 0);
}
