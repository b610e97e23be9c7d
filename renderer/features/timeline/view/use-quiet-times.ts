import { useEffect } from 'react';
import { useStore } from '../../../state/store.ts';

/** Longer than between two looks of the helper; a pixel of a day takes about two minutes. */
const everyMs = 5 * 60_000;

/** Time in which nobody writes passes without an event: while somebody may be looking, it is asked for now and then. */
export function useQuietTimes(): void {
  const refreshTimeline = useStore((state) => state.refreshTimeline);
  useEffect(() => {
    const timer = setInterval(() => {
      // What is shown stays; the next time asks again.
      if (!document.hidden) refreshTimeline().catch(() => undefined);
    }, everyMs);
    return () => clearInterval(timer);
  }, [refreshTimeline]);
}
