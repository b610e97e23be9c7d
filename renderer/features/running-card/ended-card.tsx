import { Button } from '@mantine/core';
import { IconX } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { SourceId } from '../../../shared/domain/ids.ts';
import type { RunView } from '../../../shared/ipc/runs.ts';
import { useStore } from '../../state/store.ts';
import { ErrorPanel } from '../../ui/error-panel.tsx';
import { IconButton } from '../../ui/icon-button.tsx';
import { Notice } from '../../ui/notice.tsx';
import { achievedWords, endWords } from './end-words.ts';
import { useRunName } from './run-name.ts';
import { RunWarnings } from './run-warnings.tsx';
import { endTone } from './shown-runs.ts';

/** How a run ended: what was achieved, or why not and what now. */
export function EndedCard({
  run,
  onBackUp,
}: {
  readonly run: RunView;
  readonly onBackUp: (sourceId: SourceId) => void;
}): ReactNode {
  const { t } = useTranslation(['running-card', 'levels']);
  const name = useRunName(run);
  const dismiss = useStore((state) => state.dismissRun);
  const close = (
    <IconButton label={t('dismiss')} size={28} onClick={() => dismiss(run.runId)}>
      <IconX size={16} />
    </IconButton>
  );
  const again = run.sourceId !== null && run.kind === 'backup' && (
    <Button size="compact-sm" variant="default" onClick={() => run.sourceId !== null && onBackUp(run.sourceId)}>
      {t('end.again')}
    </Button>
  );
  if (run.outcome === 'failed' && run.error !== null) {
    return (
      <ErrorPanel
        error={{ ...run.error, message: `${endWords(run, name, t)}. ${run.error.message}` }}
        actions={
          <>
            {again}
            <LogButton run={run} />
            {close}
          </>
        }
      />
    );
  }
  return (
    <Notice
      tone={endTone(run)}
      title={`${endWords(run, name, t)}.`}
      actions={
        <>
          {run.outcome !== 'done' && run.outcome !== 'warnings' && again}
          <ShowButtons run={run} />
          {close}
        </>
      }
    >
      <Achieved run={run} />
      {run.warningsTotal > 0 && <RunWarnings run={run} />}
    </Notice>
  );
}

function Achieved({ run }: { readonly run: RunView }): ReactNode {
  const { t } = useTranslation(['running-card', 'levels']);
  const achieved = run.outcome === 'done' || run.outcome === 'warnings';
  if (!achieved) return missed(run, t('end.kept'));
  if (run.kind !== 'backup') return run.summary;
  return achievedWords(run, t);
}

/** What happened and what it means for the data; the title says already that it was cancelled. */
function missed({ kind, outcome, summary, error }: RunView, kept: string): string {
  if (outcome === 'cancelled') return kind === 'backup' ? kept : (error?.guidance ?? '');
  return [summary, error?.guidance ?? ''].filter((text) => text !== '').join(' ');
}

function ShowButtons({ run }: { readonly run: RunView }): ReactNode {
  const { t } = useTranslation('running-card');
  const { snapshotId, repositoryId, sourceId } = run;
  if (snapshotId === null || repositoryId === null) return <LogButton run={run} />;
  const show = (): void => {
    const state = useStore.getState();
    state.open({ name: 'main' });
    state.selectSnapshot({ repositoryId, snapshotId }, sourceId);
    state.dismissRun(run.runId);
  };
  return (
    <Button size="compact-sm" variant="default" onClick={show}>
      {t('end.show')}
    </Button>
  );
}

function LogButton({ run }: { readonly run: RunView }): ReactNode {
  const { t } = useTranslation('running-card');
  const open = useStore((state) => state.open);
  return (
    <Button size="compact-sm" variant="default" onClick={() => open({ name: 'activity', runId: run.runId })}>
      {t('end.log')}
    </Button>
  );
}
