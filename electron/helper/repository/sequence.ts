let last = 0;

/** A number greater than every number given before in this process: tells what came first without trusting a clock. */
export function nextSequence(): number {
  last += 1;
  return last;
}
