import { setTimeout as delay } from 'node:timers/promises';
import { throwIfAborted } from '../../../shared/errors/index.ts';

/** Waits. Rejects with `cancelled` as soon as the signal says so. */
export async function pause(ms: number, signal: AbortSignal): Promise<void> {
  try {
    await delay(ms, undefined, { signal });
  } catch (error) {
    throwIfAborted(signal);
    throw error;
  }
}
