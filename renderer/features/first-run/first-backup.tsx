import { Button, Progress } from '@mantine/core';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { RepositoryId, RunId } from '../../../shared/domain/ids.ts';
import { useStore } from '../../state/store.ts';
import { formatBytes } from '../../ui/format/bytes.ts';
import { formatPercent } from '../../ui/format/numbers.ts';
import classes from './first-run.module.css';
import { useFirstRunParts } from './parts.ts';

/** The first backup runs already; meanwhile the recovery sheet, which nobody can make later without the password. */
export function FirstBackup({
  repositoryId,
  runId,
  onDone,
}: {
  readonly repositoryId: RepositoryId;
  readonly runId: RunId | null;
  readonly onDone: () => void;
}): ReactNode {
  const { t } = useTranslation('first-run');
  const { RecoverySheet } = useFirstRunParts();
  const run = useStore((state) => state.runs?.find((candidate) => candidate.runId === runId));
  const progress = run?.progress ?? null;
  const total = progress?.totalBytes ?? null;
  const fraction = progress === null || total === null || total === 0 ? null : Math.min(0.99, progress.bytes / total);
  return (
    <>
      <section className={classes.running} aria-label={t('running.label')}>
        {run !== undefined && run.finishedAt !== null ? (
          <>
            <strong>{t(`ended.${run.outcome ?? 'interrupted'}`)}</strong>
            <span className={classes.quiet}>{run.error?.message ?? run.summary}</span>
          </>
        ) : (
          <>
            <div className={classes.runningHead}>
              <strong>{t('running.title')}</strong>
              <span className="sp-figures">
                {progress !== null &&
                  t('running.figures', {
                    count: progress.files,
                    bytes: formatBytes(progress.bytes),
                    percent: fraction === null ? '' : formatPercent(fraction),
                  })}
              </span>
            </div>
            <Progress
              value={(fraction ?? 1) * 100}
              striped={fraction === null}
              animated={fraction === null}
              aria-label={t('running.label')}
            />
            <span className={classes.quiet}>{t('running.line')}</span>
          </>
        )}
      </section>
      <RecoverySheet repositoryId={repositoryId} onKept={onDone} />
      <div className={classes.skip}>
        <Button variant="subtle" onClick={onDone}>
          {t('sheetLater')}
        </Button>
        <span className={classes.quiet}>{t('sheetLaterLine')}</span>
      </div>
    </>
  );
}
