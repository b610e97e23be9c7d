import type { RunEvent } from '../../../shared/domain/run.ts';
import type { RunHandle } from './run-service.ts';

/**
 * Everything but the end: the answer says more than the end does, and is kept before windows and the log learn that the
 * run is over. Whoever returns the result ends it.
 */
export function beforeEnd(onEvent: RunHandle['onEvent']): (event: RunEvent) => void {
  return (event) => {
    if (event.type !== 'run-finished') onEvent(event);
  };
}
