import { useSyncExternalStore } from 'react';

/** Below this the rail shows icons only and the details lie over the timeline. */
const wideFrom = '(min-width: 1120px)';

export function useWidth(): 'narrow' | 'wide' {
  return useSyncExternalStore(subscribe, () => (matchMedia(wideFrom).matches ? 'wide' : 'narrow'));
}

function subscribe(listener: () => void): () => void {
  const query = matchMedia(wideFrom);
  query.addEventListener('change', listener);
  return () => query.removeEventListener('change', listener);
}
