import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { instantToMs } from '../../../../shared/domain/time.ts';
import { useStore } from '../../../state/store.ts';
import { formatPercent } from '../../../ui/format/numbers.ts';
import type { LiveRun } from '../draw/scene.ts';

/** Backups under way, as the lanes draw them. */
export function useLiveRuns(): readonly LiveRun[] {
  const { t } = useTranslation(['timeline', 'phases']);
  const runs = useStore((state) => state.runs);
  const shares = useStore((state) => state.shares);
  return useMemo(
    () =>
      (runs ?? [])
        .filter((run) => run.finishedAt === null && run.kind === 'backup' && run.sourceId !== null)
        .map((run): LiveRun => {
          const share = shares.get(run.runId)?.share ?? null;
          const phase = run.phase === null ? '' : t(`phases:${run.phase}`);
          return {
            runId: run.runId,
            laneKey: run.sourceId ?? '',
            from: instantToMs(run.startedAt),
            share,
            text: share === null ? phase : t('running', { phase, percent: formatPercent(share) }),
          };
        }),
    [runs, shares, t],
  );
}
