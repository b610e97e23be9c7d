import { Skeleton, Stack } from '@mantine/core';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { shortId } from '../../../shared/domain/ids.ts';
import { useStore } from '../../state/store.ts';
import { useAnswer } from '../../state/use-answer.ts';
import type { SnapshotRef } from '../../state/view.ts';
import { ErrorPanel } from '../../ui/error-panel.tsx';
import { formatDay, formatTimeSeconds } from '../../ui/format/date-time.ts';
import { LevelBadge } from '../../ui/level-badge.tsx';
import { useNow } from '../../ui/use-now.ts';
import { Actions } from './actions.tsx';
import { Contents } from './contents.tsx';
import classes from './details.module.css';
import type { Details } from './facts/details.ts';
import { HeldStrip } from './held-strip.tsx';
import { HowTaken } from './how-taken.tsx';
import { KeepBar } from './keep-bar.tsx';
import { Proof } from './proof.tsx';
import { Sentence } from './sentence.tsx';
import { TornFiles } from './torn-files.tsx';

/** How still one snapshot was, the proof of it, and what can be done with it. */
export function SnapshotDetails({ snapshot }: { readonly snapshot: SnapshotRef }): ReactNode {
  const { t } = useTranslation('snapshot-details');
  const lanes = useStore((state) => state.lanes);
  const answer = useAnswer('snapshots.details', {
    repositoryId: snapshot.repositoryId,
    snapshotId: snapshot.snapshotId,
  });
  // The timeline hears of a changed pin or check first; the proof itself never changes.
  const fresh = lanes
    ?.flatMap(({ snapshots }) => snapshots)
    .find(({ id, repositoryId }) => id === snapshot.snapshotId && repositoryId === snapshot.repositoryId);
  if (answer.error !== null) return <ErrorPanel error={answer.error} onRetry={answer.reload} />;
  if (answer.value === null || answer.value.mark.id !== snapshot.snapshotId) return <Waiting label={t('loading')} />;
  const details: Details = fresh === undefined ? answer.value : { ...answer.value, mark: fresh };
  return <Shown details={details} />;
}

function Shown({ details }: { readonly details: Details }): ReactNode {
  const { t } = useTranslation('snapshot-details');
  const now = useNow(60_000);
  const laneKey = useStore((state) => state.selectedLaneKey);
  const selectSnapshot = useStore((state) => state.selectSnapshot);
  const { mark, summary } = details;
  const torn = details.evidence?.files;
  return (
    <div className={classes.details}>
      <header>
        <div className={classes.heading}>
          <h2>
            {formatDay(mark.time, now)}, <span className="sp-figures">{formatTimeSeconds(mark.time)}</span>
          </h2>
          <LevelBadge level={mark.level ?? 'unknown'} />
        </div>
        <div className={classes.sub}>
          <button type="button" onClick={() => selectSnapshot(null, laneKey)}>
            {summary.sourceName}
          </button>{' '}
          · {t('snapshotId', { id: shortId(mark.runId ?? mark.id) })}
        </div>
      </header>
      <Sentence details={details} />
      {torn !== undefined && torn.tornTotal > 0 && <TornFiles listed={torn.torn} total={torn.tornTotal} />}
      <Actions details={details} />
      <HeldStrip details={details} />
      <HowTaken run={details.run} evidence={details.evidence} />
      {details.evidence !== null && <Proof details={details} evidence={details.evidence} />}
      <Contents details={details} />
      <KeepBar details={details} />
    </div>
  );
}

function Waiting({ label }: { readonly label: string }): ReactNode {
  return (
    <Stack gap="sm" role="status" aria-label={label}>
      <Skeleton height={22} width="60%" />
      <Skeleton height={16} width="40%" />
      <Skeleton height={44} />
      <Skeleton height={34} width="80%" />
      <Skeleton height={120} />
    </Stack>
  );
}
