import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { SourceId } from '../../../shared/domain/ids.ts';
import { useStore } from '../../state/store.ts';
import { EndedCard } from './ended-card.tsx';
import classes from './running-card.module.css';
import { RunningCard } from './running-card.tsx';
import { activeRuns, endedRuns } from './shown-runs.ts';

/** What runs, and what just ended. */
export function RunCards({ onBackUp }: { readonly onBackUp: (sourceId: SourceId) => void }): ReactNode {
  const { t } = useTranslation('running-card');
  const runs = useStore((state) => state.runs) ?? [];
  const watched = useStore((state) => state.watchedRuns);
  const dismissed = useStore((state) => state.dismissedRuns);
  const active = activeRuns(runs).filter(({ runId }) => watched.has(runId));
  const ended = endedRuns(runs, watched, dismissed);
  if (active.length === 0 && ended.length === 0) return null;
  return (
    <section className={classes.cards} aria-label={t('region')}>
      {active.map((run) => (
        <RunningCard key={run.runId} run={run} />
      ))}
      {ended.map((run) => (
        <EndedCard key={run.runId} run={run} onBackUp={onBackUp} />
      ))}
    </section>
  );
}
