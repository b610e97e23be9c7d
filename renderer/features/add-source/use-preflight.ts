import { useDebouncedValue } from '@mantine/hooks';
import { useEffect, useMemo, useRef } from 'react';
import type { Preflight } from '../../../shared/domain/preflight.ts';
import { type SourceSpec, specPaths } from '../../../shared/domain/source.ts';
import { useStore } from '../../state/store.ts';
import { type Answer, useAnswer } from '../../state/use-answer.ts';

/**
 * What a source would get; asked a moment after typing ends, and again when the helper's rights change. Null, and a spec
 * with a path that is none yet: nothing is asked.
 */
export function usePreflight(spec: SourceSpec | null, longestStallMs: number): Answer<Preflight> {
  const canFreeze = useStore((state) => state.info?.helper.canFreeze ?? false);
  const wanted = useMemo(() => ({ spec, policy: { longestStallMs } }), [spec, longestStallMs]);
  const [settled] = useDebouncedValue(wanted, 350);
  const asked = useMemo(() => {
    const { spec, policy } = settled;
    return spec === null || specPaths(spec).some((path) => !path.startsWith('/')) ? null : { spec, policy };
  }, [settled]);
  const answer = useAnswer('sources.preflight', asked);

  const { reload } = answer;
  const before = useRef(canFreeze);
  useEffect(() => {
    if (before.current === canFreeze) return;
    before.current = canFreeze;
    reload();
  }, [canFreeze, reload]);
  return answer;
}
