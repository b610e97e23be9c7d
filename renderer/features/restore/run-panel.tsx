import { Button, Loader, Progress } from '@mantine/core';
import { IconCircleCheck, IconCircleDashed } from '@tabler/icons-react';
import { type ReactNode, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { PhaseName } from '../../../shared/domain/run.ts';
import { useStore } from '../../state/store.ts';
import { formatBytes, formatRate } from '../../ui/format/bytes.ts';
import { formatDuration, formatTimeLeft } from '../../ui/format/duration.ts';
import { formatNumber, formatPercent } from '../../ui/format/numbers.ts';
import runStyles from './run.module.css';
import { shownProgress } from './run-progress.ts';
import type { RestoreRun } from './use-run.ts';
import wizardStyles from './wizard.module.css';

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
    <section className={runStyles.run} aria-label={t('run.label')}>
      <div className={runStyles.runHead} aria-live="polite">
        <h2>{t(`run.phase.${phase}`, { defaultValue: t('run.phase.open') })}</h2>
        {fraction !== null && <span className={runStyles.runPercent}>{formatPercent(fraction)}</span>}
      </div>
      <Progress
        value={(fraction ?? 1) * 100}
        animated={fraction === null}
        striped={fraction === null}
        size="lg"
        aria-label={t('run.progress')}
      />
      <p className={wizardStyles.quiet}>{figures.join(' · ')}</p>
      <p className={runStyles.current}>{progress?.current ?? ''}</p>
      <PhaseList run={run} />
      <div>
        <Button variant="default" onClick={cancel} loading={cancelling} disabled={run === null}>
          {t('run.cancel')}
        </Button>
      </div>
      <p className={wizardStyles.quiet}>{t('run.cancelLine')}</p>
    </section>
  );
}

const expected: readonly PhaseName[] = ['safety', 'write', 'verify-files'];

/** What is done, what is at hand and what is still to come. What the run skipped is not listed as done. */
function PhaseList({ run }: { readonly run: RestoreRun | null }): ReactNode {
  const { t } = useTranslation('restore');
  if (run?.kind !== 'restore') return null;
  const begun = run.phases.filter(({ name }) => expected.includes(name));
  const last = Math.max(-1, ...begun.map(({ name }) => expected.indexOf(name)));
  const shown = [
    ...begun.map(({ name, durationMs }) => ({ name, state: durationMs === null ? 'current' : 'done', durationMs })),
    ...expected.slice(last + 1).map((name) => ({ name, state: 'ahead', durationMs: null })),
  ];
  return (
    <ol className={runStyles.phases}>
      {shown.map(({ name, state, durationMs }) => (
        <li key={name} data-state={state}>
          {state === 'done' ? (
            <IconCircleCheck size={17} aria-label={t('steps.done')} />
          ) : state === 'current' ? (
            <Loader size={15} role="status" aria-label={t('run.now')} />
          ) : (
            <IconCircleDashed size={17} aria-hidden="true" />
          )}
          {t(`run.phaseShort.${name}`)}
          {durationMs !== null && <span className={wizardStyles.quiet}>{formatDuration(durationMs)}</span>}
        </li>
      ))}
    </ol>
  );
}

type Translate = ReturnType<typeof useTranslation<'restore'>>['t'];

function progressFigures(t: Translate, progress: NonNullable<RestoreRun['progress']>): string[] {
  const { files, totalFiles, bytes, totalBytes, bytesPerSecond, secondsLeft } = progress;
  return [
    totalFiles === null
      ? t('run.files', { count: files, n: formatNumber(files) })
      : t('run.filesOf', { n: formatNumber(files), count: totalFiles }),
    totalBytes === null
      ? formatBytes(bytes)
      : t('run.bytesOf', { bytes: formatBytes(bytes), total: formatBytes(totalBytes) }),
    ...(bytesPerSecond === null ? [] : [formatRate(bytesPerSecond)]),
    ...(secondsLeft === null ? [] : [t('run.left', { time: formatTimeLeft(secondsLeft) })]),
  ];
}
