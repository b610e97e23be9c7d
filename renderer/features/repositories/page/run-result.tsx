import { Button } from '@mantine/core';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useStore } from '../../../state/store.ts';
import { ErrorPanel } from '../../../ui/error-panel.tsx';
import { Notice } from '../../../ui/notice.tsx';
import type { Run } from './use-run.ts';

/** How a run ended, in its own words; `children` what follows from it. */
export function RunResult({
  run,
  title,
  children,
}: {
  readonly run: Run;
  /** Instead of the run's own words, where it did what it was to do. */
  readonly title?: string | undefined;
  readonly children?: ReactNode;
}): ReactNode {
  const { t } = useTranslation('repository');
  const open = useStore((state) => state.open);
  const log = (
    <Button variant="default" size="compact-sm" onClick={() => open({ name: 'activity', runId: run.runId })}>
      {t('check.log')}
    </Button>
  );
  if (run.error !== null) return <ErrorPanel error={run.error} actions={log} />;
  const hasDone = run.outcome === 'done' || run.outcome === 'warnings';
  const isFine = run.outcome === 'done' && run.warningsTotal === 0;
  const tone = isFine ? 'ok' : run.outcome === 'cancelled' ? 'info' : run.outcome === 'failed' ? 'bad' : 'warn';
  return (
    <Notice tone={tone} live title={hasDone ? (title ?? run.summary) : run.summary} actions={isFine ? undefined : log}>
      {children}
    </Notice>
  );
}
