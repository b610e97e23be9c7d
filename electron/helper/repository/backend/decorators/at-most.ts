import type { Backend } from '../contract.ts';
import { around } from './around.ts';

/**
 * No more than `limit` calls at a time; the others wait in their order. What is saved faster than the place takes it holds
 * back who saves it, and a server is not asked for more connections than it serves.
 */
export function atMost(inner: Backend, limit: number): Backend {
  const waiting: (() => void)[] = [];
  let free = limit;
  return around(inner, async ({ options }, run) => {
    if (free > 0) free -= 1;
    else await new Promise<void>((resolve) => waiting.push(resolve));
    try {
      options.signal?.throwIfAborted();
      return await run(options);
    } finally {
      const next = waiting.shift();
      if (next) next();
      else free += 1;
    }
  });
}
