import { useEffect } from 'react';
import type { UndoableRestore } from '../../../shared/domain/restore.ts';
import { useStore } from '../../state/store.ts';
import { type Answer, useAnswer } from '../../state/use-answer.ts';

/** Restores that can be taken back, asked again whenever a restore or an undo has ended. */
export function useUndoable(): Answer<readonly UndoableRestore[]> {
  const answer = useAnswer('restore.undoable', {});
  const ended = useStore(
    (state) =>
      state.runs?.filter(({ kind, finishedAt }) => (kind === 'restore' || kind === 'undo') && finishedAt !== null)
        .length ?? 0,
  );
  const { reload } = answer;
  // biome-ignore lint/correctness/useExhaustiveDependencies: an ended run is what makes the list old.
  useEffect(reload, [ended, reload]);
  return answer;
}
