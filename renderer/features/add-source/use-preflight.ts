import { useDebouncedValue } from '@mantine/hooks';
import { useEffect, useMemo, useRef } from 'react';
import type { Preflight } from '../../../shared/domain/preflight.ts';
import { useStore } from '../../state/store.ts';
import { type Answer, useAnswer } from '../../state/use-answer.ts';
import { lookableSpec, type SourceDraft } from './source-draft.ts';

/** What a draft would get; asked a moment after typing ends, and again when the helper's rights change. */
export function usePreflight(
  draft: Omit<SourceDraft, 'name' | 'nameTyped'>,
  longestStallMs: number,
): Answer<Preflight> {
  const canFreeze = useStore((state) => state.info?.helper.canFreeze ?? false);
  const wanted = useMemo(() => ({ spec: lookableSpec(draft), policy: { longestStallMs } }), [draft, longestStallMs]);
  const [settled] = useDebouncedValue(wanted, 350);
  const answer = useAnswer('sources.preflight', settled.spec.path.startsWith('/') ? settled : null);

  const { reload } = answer;
  const before = useRef(canFreeze);
  useEffect(() => {
    if (before.current === canFreeze) return;
    before.current = canFreeze;
    reload();
  }, [canFreeze, reload]);
  return answer;
}
