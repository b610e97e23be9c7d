import { Button, Loader } from '@mantine/core';
import { type ReactNode, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { RepositoryId, RunId } from '../../../shared/domain/ids.ts';
import { instantToMs } from '../../../shared/domain/time.ts';
import { asStillpointError, type StillpointError } from '../../../shared/errors/index.ts';
import { ask } from '../../state/ask.ts';
import { useStore } from '../../state/store.ts';
import { ErrorPanel } from '../../ui/error-panel.tsx';
import { formatBytes } from '../../ui/format/bytes.ts';
import { formatNumber, formatPercent } from '../../ui/format/numbers.ts';
import { Notice } from '../../ui/notice.tsx';
import { RelativeTime } from '../../ui/values.tsx';
import classes from './repositories.module.css';

/** Checks a repository: its structure in moments, all of its data in hours; findings stay until the next check. */
export function CheckPanel({ repositoryId }: { readonly repositoryId: RepositoryId }): ReactNode {
  const { t } = useTranslation('repositories');
  const cancelRun = useStore((state) => state.cancelRun);
  const [started, setStarted] = useState<RunId | null>(null);
  const [error, setError] = useState<StillpointError | null>(null);
  const run = useStore((state) =>
    state.runs?.find(
      (candidate) =>
        candidate.runId === started || (candidate.kind === 'check' && candidate.repositoryId === repositoryId),
    ),
  );
  const check = (readData: boolean): void => {
    setError(null);
    ask('repositories.check', { id: repositoryId, readData }).then(
      ({ runId }) => setStarted(runId),
      (thrown: unknown) => setError(asStillpointError(thrown)),
    );
  };

  if (run !== undefined && run.finishedAt === null) {
    const { progress } = run;
    const total = progress?.totalBytes ?? null;
    return (
      <div className={classes.checking} role="status">
        <Loader size={16} aria-hidden="true" />
        <span>
          {t(run.phase === 'check-data' ? 'check.data' : 'check.structure')}
          {progress !== null && total !== null && total > 0
            ? ` · ${formatPercent(Math.min(0.99, progress.bytes / total))} · ${formatBytes(progress.bytes)}`
            : ''}
        </span>
        <Button variant="default" size="xs" onClick={() => void cancelRun(run.runId)}>
          {t('check.cancel')}
        </Button>
      </div>
    );
  }
  return (
    <div className={classes.check}>
      <div className={classes.checkButtons}>
        <Button variant="default" size="xs" onClick={() => check(false)}>
          {t('check.startStructure')}
        </Button>
        <Button variant="default" size="xs" onClick={() => check(true)}>
          {t('check.startData')}
        </Button>
        {run?.finishedAt != null && (
          <span className={classes.quiet}>
            {t('check.last')} <RelativeTime ms={instantToMs(run.finishedAt)} />
          </span>
        )}
      </div>
      {error !== null && <ErrorPanel error={error} />}
      {run !== undefined && (
        <Notice
          tone={
            run.outcome === 'done' && run.warningsTotal === 0 ? 'ok' : run.outcome === 'cancelled' ? 'info' : 'warn'
          }
          title={run.summary}
        >
          {run.error !== null && ` ${run.error.message} ${run.error.guidance}`}
          {run.warnings.length > 0 && (
            <ul className={classes.findings}>
              {run.warnings.map((finding) => (
                <li key={`${finding.code} ${finding.path ?? ''} ${finding.text}`}>
                  {finding.text} {finding.path !== undefined && <code>{finding.path}</code>}
                </li>
              ))}
            </ul>
          )}
          {run.warningsTotal > run.warnings.length &&
            t('check.rest', { n: formatNumber(run.warningsTotal - run.warnings.length) })}
        </Notice>
      )}
    </div>
  );
}
