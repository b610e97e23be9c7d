import { StillpointError } from '../../shared/errors/index.ts';
import type { Bridge } from '../../shared/ipc/contract.ts';

declare global {
  interface Window {
    /** Put there by the preload script; absent only where the page was opened outside the app. */
    readonly stillpoint?: Bridge;
  }
}

/** The one place that reads `window.stillpoint`. Throws `internal` where the page runs outside the app. */
export function bridge(): Bridge {
  if (window.stillpoint !== undefined) return window.stillpoint;
  throw new StillpointError({
    kind: 'internal',
    message: 'This window has no connection to Stillpoint.',
    guidance: 'Close the window and start Stillpoint again.',
  });
}
