import { Button } from '@mantine/core';
import { IconArrowBackUp, IconFolderOpen } from '@tabler/icons-react';
import { type ReactNode, useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import type { UndoableRestore } from '../../../shared/domain/restore.ts';
import { ask } from '../../state/ask.ts';
import { announce } from '../../ui/announce.ts';
import { ErrorPanel } from '../../ui/error-panel.tsx';
import { formatNumber } from '../../ui/format/numbers.ts';
import { Notice } from '../../ui/notice.tsx';
import { StatCard } from '../../ui/stat-card.tsx';
import { useFocusHere } from '../../ui/use-focus-here.ts';
import previewStyles from './preview.module.css';
import { RestoreError } from './restore-error.tsx';
import runStyles from './run.module.css';
import { RunPanel } from './run-panel.tsx';
import { judgeRun } from './run-verdict.ts';
import type { RestoreRun } from './use-run.ts';
import { useUndo } from './use-undo.ts';
import { useUndoable } from './use-undoable.ts';
import wizardStyles from './wizard.module.css';

/** How a restore ended: only what was verified is called so, every warning is listed, and the way back is a button. */
export function ResultPanel({
  run,
  targetPath,
  onClose,
  onTryAgain,
  onOtherFolder,
  onWithoutSafety,
}: {
  readonly run: RestoreRun;
  /** Where it was put, as far as the caller knows; the list of restores knows otherwise. */
  readonly targetPath: string | null;
  readonly onClose: () => void;
  readonly onTryAgain: () => void;
  readonly onOtherFolder: () => void;
  readonly onWithoutSafety: () => void;
}): ReactNode {
  const { t } = useTranslation('restore');
  const here = useFocusHere<HTMLElement>();
  const undoable = useUndoable();
  const undo = useUndo();
  const verdict = judgeRun(run);
  const entry = undoable.value?.find(({ runId }) => runId === run.runId);
  const canUndo = entry !== undefined && entry.undoneBy === null;
  // The root is what places on several filesystems have in common: nothing to look at.
  const folder = entry?.targetPath ?? targetPath;

  // That it was cancelled stands in the title; what that means for the files does not.
  const meaning = run.outcome === 'cancelled' ? t('result.cancelledLine') : run.summary;

  useEffect(() => announce(`${t(`result.${verdict.words}`)} ${meaning}`), [verdict.words, meaning, t]);

  if (undo.run !== null && undo.run.finishedAt === null) return <RunPanel run={undo.run} />;
  if (undo.run !== null) {
    const undone = undo.run.runId;
    const own = undoable.value?.find(({ runId }) => runId === undone);
    const again = own !== undefined && own.undoneBy === null ? () => undo.start(undone) : null;
    return <UndoResult run={undo.run} undoAgain={again} onClose={onClose} />;
  }
  return (
    <section className={runStyles.result} aria-label={t('result.label')} ref={here} tabIndex={-1}>
      <Notice tone={verdict.tone} title={t(`result.${verdict.words}`)}>
        {meaning}
      </Notice>
      {entry !== undefined && (
        <div className={previewStyles.cards}>
          <StatCard value={formatNumber(entry.replaced)} label={t('result.replaced')} tone="accent" />
          <StatCard value={formatNumber(entry.added)} label={t('result.added')} tone="ok" />
          <StatCard
            value={formatNumber(entry.deleted)}
            label={t('result.deleted')}
            tone={entry.deleted > 0 ? 'bad' : 'plain'}
          />
          <StatCard
            value={t(verdict.verified ? 'result.yes' : 'result.no')}
            label={t(verdict.verified ? 'result.verified' : 'result.notVerified')}
            tone={verdict.verified ? 'ok' : 'warn'}
          />
        </div>
      )}
      {run.error !== null && run.outcome !== 'cancelled' && (
        <RestoreError
          error={run.error}
          onRetry={onTryAgain}
          onOtherFolder={onOtherFolder}
          onWithoutSafety={onWithoutSafety}
        />
      )}
      <RunWarnings run={run} />
      {undo.error !== null && <ErrorPanel error={undo.error} />}
      <div className={runStyles.resultActions}>
        <Button variant="filled" onClick={onClose}>
          {t('result.close')}
        </Button>
        {canUndo && (
          <Button
            variant="default"
            leftSection={<IconArrowBackUp size={17} aria-hidden="true" />}
            loading={undo.starting}
            onClick={() => undo.start(entry.runId)}
          >
            {t('result.undo')}
          </Button>
        )}
        {folder !== null && folder !== '/' && (
          <Button
            variant="default"
            leftSection={<IconFolderOpen size={17} aria-hidden="true" />}
            onClick={() => void ask('app.openFolder', { path: folder })}
          >
            {t('result.openFolder')}
          </Button>
        )}
      </div>
      <p className={wizardStyles.quiet}>{undoable.loading || undoable.value === null ? '' : undoLine(t, run, entry)}</p>
    </section>
  );
}

type Translate = ReturnType<typeof useTranslation<'restore'>>['t'];

/** A restore that is not listed made no safety snapshot, or changed nothing. */
function undoLine(t: Translate, run: RestoreRun, entry: UndoableRestore | undefined): string {
  if (entry !== undefined) return t(entry.undoneBy === null ? 'result.undoLine' : 'result.undone');
  return run.outcome === 'done' || run.outcome === 'warnings' ? t('result.noUndo') : '';
}

/** What an undo did: what it kept because it changed since is among the run's remarks, in words. */
function UndoResult({
  run,
  undoAgain,
  onClose,
}: {
  readonly run: RestoreRun;
  /** Takes the undo back; null where it left no way to. */
  readonly undoAgain: (() => void) | null;
  readonly onClose: () => void;
}): ReactNode {
  const { t } = useTranslation('restore');
  const verdict = judgeRun(run);
  const here = useFocusHere<HTMLElement>();
  return (
    <section className={runStyles.result} aria-label={t('undo.resultLabel')} ref={here} tabIndex={-1}>
      <Notice tone={verdict.tone} live title={t(`undo.${verdict.words}`)}>
        {run.outcome === 'cancelled' ? t('result.cancelledLine') : run.summary}
      </Notice>
      {run.error !== null && run.outcome !== 'cancelled' && <ErrorPanel error={run.error} />}
      <RunWarnings run={run} />
      <div className={runStyles.resultActions}>
        <Button variant="filled" onClick={onClose}>
          {t('result.close')}
        </Button>
        {undoAgain !== null && (
          <Button variant="default" onClick={undoAgain}>
            {t('undo.again')}
          </Button>
        )}
      </div>
    </section>
  );
}

export function RunWarnings({ run }: { readonly run: RestoreRun }): ReactNode {
  const { t } = useTranslation('restore');
  if (run.warningsTotal === 0 && run.notes.length === 0) return null;
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard.
    <section className={runStyles.runWarnings} tabIndex={0} aria-label={t('result.warningsLabel')}>
      {run.warningsTotal > 0 && (
        <h3>{t('result.warningsTitle', { count: run.warningsTotal, n: formatNumber(run.warningsTotal) })}</h3>
      )}
      <ul>
        {run.warnings.map((warning) => (
          <li key={`${warning.code} ${warning.path ?? ''} ${warning.text}`}>
            {warning.path !== undefined && <code>{warning.path}</code>} {warning.text}
          </li>
        ))}
        {run.notes.map((note) => (
          <li key={note.text}>{note.text}</li>
        ))}
      </ul>
      {run.warningsTotal > run.warnings.length && (
        <p>{t('result.warningsRest', { n: formatNumber(run.warningsTotal - run.warnings.length) })}</p>
      )}
    </section>
  );
}
