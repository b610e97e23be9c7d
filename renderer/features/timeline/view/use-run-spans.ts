import type { TFunction } from 'i18next';
import { useCallback, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { RunId } from '../../../../shared/domain/ids.ts';
import { instantToNs } from '../../../../shared/domain/time.ts';
import type { RunView } from '../../../../shared/ipc/runs.ts';
import { ask } from '../../../state/ask.ts';
import { useStore } from '../../../state/store.ts';
import type { RunSpan } from '../draw/scene.ts';

const kept = 50;

/** Looks the phases of runs up, for the controller: null at first where they must be asked for. */
export function useRunSpans(): (runId: string) => RunSpan | null {
  const { t } = useTranslation('phases');
  const runs = useStore((state) => state.runs);
  const cache = useRef(new Map<string, RunSpan | null>());
  const [, setArrived] = useState(0);

  return useCallback(
    (runId: string): RunSpan | null => {
      const known = cache.current.get(runId);
      if (known !== undefined) return known;
      const listed = runs?.find((run) => run.runId === runId);
      if (listed !== undefined && listed.finishedAt === null) return spanOf(listed, t);
      if (cache.current.size > kept) cache.current.clear();
      if (listed !== undefined) {
        const span = spanOf(listed, t);
        cache.current.set(runId, span);
        return span;
      }
      cache.current.set(runId, null);
      ask('runs.get', { runId: runId as RunId }).then(
        (run) => {
          if (run === null) return;
          cache.current.set(runId, spanOf(run, t));
          setArrived((count) => count + 1);
        },
        // A run whose log is gone keeps its mark; only its phases cannot be shown.
        () => undefined,
      );
      return null;
    },
    [runs, t],
  );
}

function spanOf(run: RunView, t: TFunction<'phases'>): RunSpan {
  return {
    runId: run.runId,
    from: preciseMs(run.startedAt),
    to: run.finishedAt === null ? null : preciseMs(run.finishedAt),
    phases: run.phases.map(({ name, startedAt, durationMs }) => {
      const from = preciseMs(startedAt);
      return { name, label: t(name), from, to: durationMs === null ? null : from + durationMs };
    }),
  };
}

/** With the fractions of a millisecond that `instantToMs` drops: at the deepest zoom they are hundreds of pixels. */
function preciseMs(instant: string): number {
  return Number(instantToNs(instant) / 1000n) / 1000;
}
