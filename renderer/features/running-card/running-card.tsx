import { Button } from '@mantine/core';
import { IconSnowflake } from '@tabler/icons-react';
import { type ReactNode, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { RunView } from '../../../shared/ipc/runs.ts';
import { useStore } from '../../state/store.ts';
import { formatBytes, formatRate } from '../../ui/format/bytes.ts';
import { formatDuration, formatTimeLeft } from '../../ui/format/duration.ts';
import { formatPercent } from '../../ui/format/numbers.ts';
import { useRunName } from './run-name.ts';
import classes from './running-card.module.css';

/** In these the rest of the run is this phase; in others the time left is that of one step. */
const lastLongPhase: ReadonlySet<RunView['phase']> = new Set(['store', 'write', 'check-data', 'check-share']);

/** A run under way: what it does now, how far it is, and how to stop it. */
export function RunningCard({ run }: { readonly run: RunView }): ReactNode {
  const { t } = useTranslation(['running-card', 'phases']);
  const name = useRunName(run);
  const share = useStore((state) => state.shares.get(run.runId)?.share ?? 0);
  const isFirst = useStore(
    (state) =>
      run.kind === 'backup' && state.lanes?.find(({ sourceId }) => sourceId === run.sourceId)?.snapshots.length === 0,
  );
  const cancelRun = useStore((state) => state.cancelRun);
  const [cancelling, setCancelling] = useState(false);
  const title = t(`title.${run.kind}`, { name });
  const { progress } = run;
  const cancel = (): void => {
    setCancelling(true);
    cancelRun(run.runId).catch(() => setCancelling(false));
  };
  return (
    <article className={classes.card} aria-label={title} data-testid="running-card">
      <div className={classes.head}>
        <h3>{title}</h3>
        <span className={classes.phase}>{run.phase === null ? '' : t(`phases:now.${run.phase}`)}</span>
        {run.held !== null && (
          <span className={classes.held} title={t('heldLong', { duration: formatDuration(run.held.stallMs) })}>
            <IconSnowflake size={14} aria-hidden="true" /> {t('held', { duration: formatDuration(run.held.stallMs) })}
          </span>
        )}
        <Button variant="default" size="compact-sm" onClick={cancel} disabled={cancelling}>
          {t(cancelling ? 'cancelling' : 'cancel')}
        </Button>
      </div>
      <div
        className={classes.bar}
        role="progressbar"
        aria-label={title}
        aria-valuemin={0}
        aria-valuemax={100}
        aria-valuenow={Math.floor(share * 100)}
      >
        <i style={{ width: `${share * 100}%` }} />
      </div>
      <div className={classes.facts}>
        <strong>{formatPercent(share)}</strong>
        {progress !== null && <ProgressFacts run={run} progress={progress} />}
        <span className={classes.current}>{progress?.current}</span>
      </div>
      {isFirst && <p className={classes.first}>{t('first')}</p>}
    </article>
  );
}

function ProgressFacts({
  run,
  progress,
}: {
  readonly run: RunView;
  readonly progress: NonNullable<RunView['progress']>;
}): ReactNode {
  const { t } = useTranslation('running-card');
  const { bytes, totalBytes, files, totalFiles, bytesPerSecond, secondsLeft } = progress;
  return (
    <>
      {(bytes > 0 || totalBytes !== null) && (
        <span>
          {totalBytes === null
            ? t('bytesOnly', { done: formatBytes(bytes) })
            : t('bytes', { done: formatBytes(bytes), total: formatBytes(totalBytes) })}
        </span>
      )}
      {(totalFiles ?? files) > 1 && (
        <span>
          {totalFiles === null ? t('filesOnly', { count: files }) : t('files', { done: files, count: totalFiles })}
        </span>
      )}
      {bytesPerSecond !== null && bytesPerSecond > 0 && <span>{formatRate(bytesPerSecond)}</span>}
      {secondsLeft !== null && (
        <span>{t(lastLongPhase.has(run.phase) ? 'left' : 'leftPhase', { left: formatTimeLeft(secondsLeft) })}</span>
      )}
    </>
  );
}
