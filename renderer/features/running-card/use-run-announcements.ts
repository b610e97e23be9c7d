import { useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { useStore } from '../../state/store.ts';
import { announce } from '../../ui/announce.ts';
import { endWords } from './end-words.ts';
import { runName } from './run-name.ts';

/** Says aloud how a run ended: once, and at the end only, because progress read out all the time helps nobody. */
export function useRunAnnouncements(): void {
  const { t } = useTranslation(['running-card', 'levels']);
  const runs = useStore((state) => state.runs);
  const told = useRef<Set<string> | null>(null);
  useEffect(() => {
    if (runs === null) return;
    const ended = runs.filter(({ finishedAt }) => finishedAt !== null);
    if (told.current === null) {
      told.current = new Set(ended.map(({ runId }) => runId));
      return;
    }
    for (const run of ended) {
      if (told.current.has(run.runId)) continue;
      told.current.add(run.runId);
      const title = endWords(run, runName(run, useStore.getState()), t);
      announce(t('end.announce', { title: `${title}.`, summary: run.error?.message ?? run.summary }));
    }
  }, [runs, t]);
}
