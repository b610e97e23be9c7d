import { IconCalendarTime } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { nextRuns } from '../../../shared/domain/schedule/next-runs.ts';
import type { PolicyChoice } from '../../state/policy-parts.ts';
import { dateFormat } from '../../ui/format/date-time.ts';
import { useNow } from '../../ui/use-now.ts';
import { groupRuns } from './next-runs-words.ts';
import classes from './policy.module.css';

const shown = 6;

/** When it would run next, in local time, as the schedule is being changed. */
export function NextRuns({
  value: { schedule, conditions },
  lastSnapshotAt,
}: {
  readonly value: PolicyChoice;
  /** What `quiet` and `changes` count from; null: none yet. */
  readonly lastSnapshotAt: number | null;
}): ReactNode {
  const { t } = useTranslation('policy');
  const now = useNow(30_000);
  const zone = dateFormat({}).resolvedOptions().timeZone;
  const runs = nextRuns({ schedule, conditions, now, zone, lastSnapshotAt }, shown + 1);
  const days = groupRuns(runs.slice(0, shown), now);
  const follows = schedule.kind === 'quiet' || schedule.kind === 'changes';
  return (
    <div className={classes.next} aria-live="polite">
      <IconCalendarTime size={18} aria-hidden="true" />
      <div>
        {days.length === 0 ? (
          <span>{t(schedule.kind === 'manual' ? 'next.manual' : 'next.none')}</span>
        ) : (
          <>
            <strong>{t(follows ? 'next.latest' : 'next.title')}</strong>{' '}
            {days.map(({ day, times }, at) => (
              <span key={day}>
                {at > 0 && ' · '}
                {t('next.day', { day, times: times.join(', ') })}
              </span>
            ))}
            {runs.length > shown && t('next.more')}
          </>
        )}
      </div>
    </div>
  );
}
