import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { instantToMs } from '../../../../shared/domain/time.ts';
import type { RunView } from '../../../../shared/ipc/runs.ts';
import { useStore } from '../../../state/store.ts';
import { formatPercent } from '../../../ui/format/numbers.ts';
import type { LiveRun } from '../draw/scene.ts';

/** Backups under way, as the lanes draw them. */
export function useLiveRuns(): readonly LiveRun[] {
  const { t } = useTranslation(['timeline', 'phases']);
  const runs = useStore((state) => state.runs);
  return useMemo(
    () =>
      (runs ?? [])
        .filter((run) => run.finishedAt === null && run.kind === 'backup' && run.sourceId !== null)
        .map((run): LiveRun => {
          const share = shareOf(run);
          const phase = run.phase === null ? '' : t(`phases:${run.phase}`);
          return {
            runId: run.runId,
            laneKey: run.sourceId ?? '',
            from: instantToMs(run.startedAt),
            share,
            text: share === null ? phase : t('running', { phase, percent: formatPercent(share) }),
          };
        }),
    [runs, t],
  );
}

function shareOf({ progress }: RunView): number | null {
  if (progress === null || progress.totalBytes === null || progress.totalBytes === 0) return null;
  return Math.min(0.99, progress.bytes / progress.totalBytes);
}
