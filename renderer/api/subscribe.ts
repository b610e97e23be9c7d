import type { AppEvent } from '../../shared/ipc/events.ts';
import { bridge } from './bridge.ts';

/** What main tells the window. Events only say that something changed; asking again gives the whole of it. */
export function subscribe(listener: (event: AppEvent) => void): () => void {
  return bridge().events.subscribe(listener);
}
