import { IconPlayerPause } from '@tabler/icons-react';
import { type ReactNode, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useStore } from '../../state/store.ts';
import { announce } from '../../ui/announce.ts';
import { calendarDaysBetween, formatDay, formatTime } from '../../ui/format/date-time.ts';
import { useNow } from '../../ui/use-now.ts';
import classes from './header.module.css';

/** That scheduled backups are paused, and the way to go on: seen wherever one is in the window. */
export function PausePill(): ReactNode {
  const { t } = useTranslation('app');
  const now = useNow(20_000);
  const until = useStore((state) => state.schedule?.pausedUntil ?? null);
  const pause = useStore((state) => state.pauseSchedule);
  const [working, setWorking] = useState(false);
  if (until === null || (until !== 'forever' && until <= now)) return null;
  const words = until === 'forever' ? t('pause.forever') : t('pause.until', { when: moment(until, now) });
  const resume = (): void => {
    setWorking(true);
    pause(null)
      .then(() => announce(t('pause.resumed')))
      // The pill stays: that it is still paused is what there is to be said.
      .catch(() => undefined)
      .finally(() => setWorking(false));
  };
  return (
    <span className={classes.pause}>
      <IconPlayerPause size={16} aria-hidden="true" />
      <span className={classes.pauseWords}>{words}</span>
      <button type="button" disabled={working} onClick={resume}>
        {t('pause.resume')}
      </button>
    </span>
  );
}

function moment(time: number, now: number): string {
  return calendarDaysBetween(now, time) === 0 ? formatTime(time) : `${formatDay(time, now)}, ${formatTime(time)}`;
}
