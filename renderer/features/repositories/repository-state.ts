import { warnDaysAhead } from '../../../shared/domain/keep/growth.ts';
import type { RepositoryState } from '../../../shared/domain/repository.ts';
import type { useStore } from '../../state/store.ts';

export type RepositoryFacts = NonNullable<ReturnType<typeof useStore.getState>['repositories']>[number];

/** How a state is shown. Waiting for a disk is calm: nothing has failed, and it goes on by itself. */
export function stateTone(state: RepositoryState): 'ok' | 'wait' | 'warn' {
  switch (state) {
    case 'ready':
      return 'ok';
    case 'waiting':
      return 'wait';
    case 'password-needed':
    case 'read-only':
    case 'other':
      return 'warn';
  }
}

const day = 86_400_000;
const littleShare = 0.05;
const littleBytes = 5 * 1024 ** 3;

/** Full soon at its rate, or nearly full whatever its rate. */
export function isFilling(
  { freeBytes, totalBytes, fullAt }: Pick<RepositoryFacts, 'freeBytes' | 'totalBytes' | 'fullAt'>,
  now: number,
): boolean {
  if (fullAt !== null && fullAt < now + warnDaysAhead * day) return true;
  return freeBytes !== null && totalBytes !== null && freeBytes < Math.min(littleBytes, totalBytes * littleShare);
}
