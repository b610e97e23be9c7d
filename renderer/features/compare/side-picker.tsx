import { Select } from '@mantine/core';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { SnapshotRef } from '../../state/view.ts';
import { formatDay, formatTime } from '../../ui/format/date-time.ts';
import { useNow } from '../../ui/use-now.ts';
import type { Moment } from './use-moments.ts';

/** More choices than this are found by typing, not by scrolling. */
const shownAtOnce = 60;
const now = 'now';

/** A moment of a source: one of its snapshots, or now. */
export function SidePicker({
  label,
  moments,
  value,
  allowNow,
  onChange,
}: {
  readonly label: string;
  /** Newest first. */
  readonly moments: readonly Moment[];
  /** `now`, a snapshot, or null while nothing is chosen. */
  readonly value: SnapshotRef | 'now' | null;
  readonly allowNow: boolean;
  readonly onChange: (side: SnapshotRef | 'now') => void;
}): ReactNode {
  const { t } = useTranslation('compare');
  const clock = useNow(60_000);
  const choose = (chosen: string | null): void => {
    const moment = moments.find(({ ref }) => ref.snapshotId === chosen);
    if (chosen === now) onChange(now);
    else if (moment !== undefined) onChange(moment.ref);
  };
  return (
    <Select
      label={label}
      searchable
      allowDeselect={false}
      limit={shownAtOnce}
      placeholder={t('choose')}
      nothingFoundMessage={t('noneFound')}
      value={value === null || value === now ? value : value.snapshotId}
      data={[
        ...(allowNow ? [{ value: now, label: t('now') }] : []),
        ...moments.map(({ ref, time }) => ({
          value: ref.snapshotId as string,
          label: `${formatDay(time, clock)}, ${formatTime(time)}`,
        })),
      ]}
      onChange={choose}
    />
  );
}
