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
