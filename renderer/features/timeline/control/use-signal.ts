import { useSyncExternalStore } from 'react';
import type { Signal } from './signal.ts';

/** Renders anew whenever the signal fires. */
export function useSignal(signal: Signal): void {
  useSyncExternalStore(signal.subscribe, signal.version);
}
