import { Button } from '@mantine/core';
import { type ReactNode, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useStore } from '../../../state/store.ts';
import { formatBytes, formatRate } from '../../../ui/format/bytes.ts';
import { formatTimeLeft } from '../../../ui/format/duration.ts';
import { formatNumber, formatPercent } from '../../../ui/format/numbers.ts';
import classes from './page.module.css';
import type { Run } from './use-run.ts';

/** A run under way, where it was begun: its phase, how far it is, what it waits for, and the way to stop it. */
export function RunProgress({ run }: { readonly run: Run }): ReactNode {
  const { t } = useTranslation(['repository', 'phases']);
  const share = useStore((state) => state.shares.get(run.runId)?.share ?? 0);
  const cancelRun = useStore((state) => state.cancelRun);
  const [cancelling, setCancelling] = useState(false);
  const cancel = (): void => {
    setCancelling(true);
    cancelRun(run.runId).catch(() => setCancelling(false));
  };
  const words = run.phase === null ? run.summary : t(`phases:now.${run.phase}`);
  // While it waits for others there is nothing to count, and who it waits for is its newest note.
  const waits = run.progress === null || (run.progress.bytes === 0 && run.progress.files === 0);
  const note = waits ? run.notes.at(-1)?.text : undefined;
  return (
    <div className={classes.progress}>
      <div className={classes.progressHead}>
        <strong role="status">{words}</strong>
        <Button variant="default" size="compact-sm" disabled={cancelling} onClick={cancel}>
          {t(cancelling ? 'run.cancelling' : 'run.cancel')}
        </Button>
      </div>
      <div
        className={classes.progressBar}
        role="progressbar"
        aria-label={run.title}
        aria-valuemin={0}
        aria-valuemax={100}
        aria-valuenow={Math.floor(share * 100)}
      >
        <i style={{ width: `${share * 100}%` }} />
      </div>
      <p className={classes.progressFacts}>
        <span>{formatPercent(share)}</span>
        <Amount run={run} />
        {note !== undefined && <span>{note}</span>}
      </p>
    </div>
  );
}

function Amount({ run }: { readonly run: Run }): ReactNode {
  const { t } = useTranslation('repository');
  const { progress } = run;
  if (progress === null) return null;
  const { bytes, totalBytes, files, totalFiles, bytesPerSecond, secondsLeft } = progress;
  // Without data a check counts the snapshots it went through.
  if (run.kind === 'check' && totalBytes === null) {
    return totalFiles === null ? null : (
      <span>{t('run.snapshotsOf', { done: formatNumber(files), total: formatNumber(totalFiles) })}</span>
    );
  }
  return (
    <>
      {bytes > 0 && (
        <span>
          {formatBytes(bytes)}
          {totalBytes !== null && totalBytes > 0 && ` / ${formatBytes(totalBytes)}`}
        </span>
      )}
      {bytesPerSecond !== null && bytesPerSecond > 0 && <span>{formatRate(bytesPerSecond)}</span>}
      {secondsLeft !== null && <span>{t('run.left', { time: formatTimeLeft(secondsLeft) })}</span>}
    </>
  );
}
