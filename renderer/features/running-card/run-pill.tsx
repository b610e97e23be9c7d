import { IconLoader2 } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { RunView } from '../../../shared/ipc/runs.ts';
import { useStore } from '../../state/store.ts';
import { formatTimeLeft } from '../../ui/format/duration.ts';
import { formatPercent } from '../../ui/format/numbers.ts';
import { useRunName } from './run-name.ts';
import classes from './running-card.module.css';
import { activeRuns } from './shown-runs.ts';

/** What runs, in a few words in the header; leads to it. */
export function RunPill(): ReactNode {
  const { t } = useTranslation('running-card');
  const runs = activeRuns(useStore((state) => state.runs) ?? []);
  const open = useStore((state) => state.open);
  const watched = useStore((state) => state.watchedRuns);
  const watchRun = useStore((state) => state.watchRun);
  const [first] = runs;
  const show = (): void => {
    const all = runs.every(({ runId }) => watched.has(runId));
    for (const { runId } of runs) watchRun(runId, !all);
    open({ name: 'main' });
  };
  if (first === undefined) return null;
  return (
    <button
      type="button"
      className={classes.pill}
      aria-expanded={runs.every(({ runId }) => watched.has(runId))}
      onClick={show}
    >
      <IconLoader2 size={17} className={classes.turning} aria-hidden="true" />
      {runs.length === 1 ? <PillWords run={first} /> : t('pillMany', { count: runs.length })}
    </button>
  );
}

function PillWords({ run }: { readonly run: RunView }): ReactNode {
  const { t } = useTranslation('running-card');
  const name = useRunName(run);
  const share = useStore((state) => state.shares.get(run.runId)?.share ?? 0);
  const left = run.progress?.secondsLeft ?? null;
  const percent = formatPercent(share);
  return (
    <span className="sp-figures">
      {left === null || run.phase !== 'store'
        ? t('pill', { name, percent })
        : t('pillLeft', { name, percent, left: formatTimeLeft(left) })}
    </span>
  );
}
