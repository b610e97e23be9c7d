import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useStore } from '../../state/store.ts';
import type { SnapshotRef } from '../../state/view.ts';
import { formatDay, formatTimeSeconds } from '../../ui/format/date-time.ts';
import { LevelBadge } from '../../ui/level-badge.tsx';
import { shownLevel } from '../../ui/level-shape.ts';
import { useNow } from '../../ui/use-now.ts';
import classes from './browse.module.css';

/** Whose snapshot this is, and from when. */
export function WhichSnapshot({ snapshot }: { readonly snapshot: SnapshotRef }): ReactNode {
  const { t } = useTranslation('browse');
  const now = useNow(60_000);
  const lanes = useStore((state) => state.lanes);
  const lane = lanes?.find(({ snapshots }) => snapshots.some(({ id }) => id === snapshot.snapshotId));
  const mark = lane?.snapshots.find(({ id }) => id === snapshot.snapshotId);
  return (
    <div className={classes.which}>
      <h1>{lane?.name ?? t('snapshot')}</h1>
      {mark !== undefined && (
        <>
          <span>{t('from', { day: formatDay(mark.time, now), time: formatTimeSeconds(mark.time) })}</span>
          <LevelBadge level={shownLevel(mark.level)} />
        </>
      )}
    </div>
  );
}
