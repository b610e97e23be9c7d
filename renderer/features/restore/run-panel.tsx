import { Button, Progress } from '@mantine/core';
import { type ReactNode, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useStore } from '../../state/store.ts';
import { formatBytes, formatRate } from '../../ui/format/bytes.ts';
import { formatTimeLeft } from '../../ui/format/duration.ts';
import { formatNumber, formatPercent } from '../../ui/format/numbers.ts';
import classes from './restore.module.css';
import { shownProgress } from './run-progress.ts';
import type { RestoreRun } from './use-run.ts';

/** A restore under way: phase, true progress, the file at hand, Cancel. */
export function RunPanel({ run }: { readonly run: RestoreRun | null }): ReactNode {
  const { t } = useTranslation('restore');
  const cancelRun = useStore((state) => state.cancelRun);
  const [cancelling, setCancelling] = useState(false);
  const progress = run?.progress ?? null;
  const { fraction } = shownProgress(progress);
  const phase = run?.phase ?? 'open';
  const figures = progress === null ? [] : progressFigures(t, progress);

  const cancel = (): void => {
    if (run === null) return;
    setCancelling(true);
    cancelRun(run.runId).catch(() => setCancelling(false));
  };

  return (
    <section className={classes.run} aria-label={t('run.label')}>
      <div className={classes.runHead} aria-live="polite">
        <h2>{t(`run.phase.${phase}`, { defaultValue: t('run.phase.open') })}</h2>
        {fraction !== null && <span className={classes.runPercent}>{formatPercent(fraction)}</span>}
      </div>
      <Progress
        value={(fraction ?? 1) * 100}
        animated={fraction === null}
        striped={fraction === null}
        size="lg"
        aria-label={t('run.progress')}
      />
      <p className={classes.quiet}>{figures.join(' · ')}</p>
      <p className={classes.current}>{progress?.current ?? ''}</p>
      <div>
        <Button variant="default" onClick={cancel} loading={cancelling} disabled={run === null}>
          {t('run.cancel')}
        </Button>
      </div>
      <p className={classes.quiet}>{t('run.cancelLine')}</p>
    </section>
  );
}

type Translate = ReturnType<typeof useTranslation<'restore'>>['t'];

function progressFigures(t: Translate, progress: NonNullable<RestoreRun['progress']>): string[] {
  const { files, totalFiles, bytes, totalBytes, bytesPerSecond, secondsLeft } = progress;
  return [
    totalFiles === null
      ? t('run.files', { count: files, n: formatNumber(files) })
      : t('run.filesOf', { n: formatNumber(files), total: formatNumber(totalFiles) }),
    totalBytes === null
      ? formatBytes(bytes)
      : t('run.bytesOf', { bytes: formatBytes(bytes), total: formatBytes(totalBytes) }),
    ...(bytesPerSecond === null ? [] : [formatRate(bytesPerSecond)]),
    ...(secondsLeft === null ? [] : [t('run.left', { time: formatTimeLeft(secondsLeft) })]),
  ];
}
