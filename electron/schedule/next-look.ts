import type { Look } from './contract.ts';

const longestMs = 60_000;
/** Whatever is decided, looks are at least so far apart. */
const shortestMs = 1_000;

/** Milliseconds until a source is looked at again: when something is known to happen, and at least once a minute. */
export function nextLookIn(look: Look, now: number): number {
  return Math.min(longestMs, Math.max(shortestMs, wanted(look, now)));
}

function wanted(look: Look, now: number): number {
  switch (look.kind) {
    case 'idle':
      return look.nextAt === null ? longestMs : look.nextAt - now;
    case 'held-back':
      return look.retryAt === null ? longestMs : look.retryAt - now;
    case 'ran':
      return 0;
    case 'busy':
    case 'problem':
      return longestMs;
  }
}
