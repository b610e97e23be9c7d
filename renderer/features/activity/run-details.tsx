import { Button } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { instantToMs } from '../../../shared/domain/time.ts';
import type { RunView } from '../../../shared/ipc/runs.ts';
import { useStore } from '../../state/store.ts';
import { useAnswer } from '../../state/use-answer.ts';
import { ErrorPanel } from '../../ui/error-panel.tsx';
import { formatBytes } from '../../ui/format/bytes.ts';
import { formatDateTime } from '../../ui/format/date-time.ts';
import { formatDuration } from '../../ui/format/duration.ts';
import { LevelBadge } from '../../ui/level-badge.tsx';
import { Notice } from '../../ui/notice.tsx';
import classes from './activity.module.css';
import { logLines, logText } from './log-lines.ts';
import { OutcomeIcon } from './outcome-icon.tsx';
import { RunWarnings } from './run-warnings.tsx';

/** One run: how it ended, its warnings, and its log. */
export function RunDetails({ run }: { readonly run: RunView }): ReactNode {
  const { t } = useTranslation(['activity', 'phases']);
  const started = instantToMs(run.startedAt);
  const took = run.finishedAt === null ? null : instantToMs(run.finishedAt) - started;
  return (
    <article className={classes.details} aria-label={run.title}>
      <header className={classes.detailsHead}>
        <OutcomeIcon run={run} size={22} />
        <h2>{run.title}</h2>
        {run.kind === 'backup' && run.snapshotId !== null && <LevelBadge level={run.level ?? 'unknown'} />}
        <ShowSnapshot run={run} />
      </header>
      {run.error !== null && <ErrorPanel error={run.error} />}
      {run.error === null && run.summary !== '' && <p>{run.summary}</p>}
      <dl className={classes.facts}>
        <dt>{t('asked')}</dt>
        <dd>
          {formatDateTime(instantToMs(run.askedAt))}
          {run.kind === 'backup' && `, ${t(`by.${run.trigger}`)}`}
        </dd>
        <dt>{t('started')}</dt>
        <dd>{formatDateTime(started)}</dd>
        <dt>{t('took')}</dt>
        <dd>{took === null ? t('outcome.running') : formatDuration(took)}</dd>
        {run.held !== null && (
          <>
            <dt>{t('held')}</dt>
            <dd>{formatDuration(run.held.stallMs)}</dd>
          </>
        )}
        {run.bytes > 0 && run.kind === 'backup' && (
          <>
            <dt>{t('result')}</dt>
            <dd>{t('stored', { size: formatBytes(run.newBytes), total: formatBytes(run.bytes) })}</dd>
          </>
        )}
      </dl>
      <RunWarnings run={run} />
      {run.notes.length > 0 && (
        <section className={classes.notes}>
          <h3>{t('notes')}</h3>
          {run.notes.map(({ severity, text }) => (
            <Notice key={text} tone={severity === 'warning' ? 'warn' : 'info'} title={text} />
          ))}
        </section>
      )}
      <Log run={run} />
    </article>
  );
}

function Log({ run }: { readonly run: RunView }): ReactNode {
  const { t } = useTranslation(['activity', 'phases']);
  // The log of a run under way grows: its end asks again.
  const log = useAnswer('runs.log', { runId: run.runId });
  const events = log.value ?? [];
  const copy = (): void => {
    navigator.clipboard.writeText(logText(events)).then(
      () => notifications.show({ message: t('copied'), autoClose: 3_000 }),
      () => undefined,
    );
  };
  if (log.error !== null) return <ErrorPanel error={log.error} onRetry={log.reload} />;
  return (
    <section className={classes.log}>
      <div className={classes.logHead}>
        <h3>{t('log')}</h3>
        <Button variant="subtle" size="compact-sm" disabled={events.length === 0} onClick={copy}>
          {t('copyLog')}
        </Button>
      </div>
      <ol aria-label={t('logLabel', { title: run.title })}>
        {logLines(events, t).map((line) => (
          <li key={line.key} data-tone={line.tone}>
            <time>{line.time}</time>
            <span>{line.text}</span>
          </li>
        ))}
      </ol>
    </section>
  );
}

function ShowSnapshot({ run: { snapshotId, repositoryId, sourceId } }: { readonly run: RunView }): ReactNode {
  const { t } = useTranslation('activity');
  if (snapshotId === null || repositoryId === null) return null;
  const show = (): void => {
    const state = useStore.getState();
    state.open({ name: 'main' });
    state.selectSnapshot({ repositoryId, snapshotId }, sourceId);
  };
  return (
    <Button variant="default" size="compact-md" onClick={show}>
      {t('showSnapshot')}
    </Button>
  );
}
