import { useDebouncedValue } from '@mantine/hooks';
import { useEffect, useRef } from 'react';
import type { Preflight } from '../../../shared/domain/preflight.ts';
import { useStore } from '../../state/store.ts';
import { type Answer, useAnswer } from '../../state/use-answer.ts';
import type { SourceDraft } from './source-draft.ts';

/** What a draft would get; asked a moment after typing ends, and again when the helper's rights change. */
export function usePreflight(draft: Pick<SourceDraft, 'path' | 'excludes' | 'longestStallMs'>): Answer<Preflight> {
  const canFreeze = useStore((state) => state.info?.helper.canFreeze ?? false);
  const [settled] = useDebouncedValue(draft, 350);
  const { path, excludes, longestStallMs } = settled;
  const params = {
    spec: { kind: 'filesystem' as const, path, excludes: [...excludes], excludePresets: [], ignoreLines: [] },
    policy: { longestStallMs },
  };
  const answer = useAnswer('sources.preflight', path.startsWith('/') ? params : null);

  const { reload } = answer;
  const before = useRef(canFreeze);
  useEffect(() => {
    if (before.current === canFreeze) return;
    before.current = canFreeze;
    reload();
  }, [canFreeze, reload]);
  return answer;
}
