import { Button, Menu } from '@mantine/core';
import { IconChevronDown, IconPlayerPause, IconPlayerPlay } from '@tabler/icons-react';
import { type ReactNode, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { asStillpointError, type StillpointError } from '../../../shared/errors/index.ts';
import { useStore } from '../../state/store.ts';
import { ErrorPanel } from '../../ui/error-panel.tsx';
import { formatDay, formatTime } from '../../ui/format/date-time.ts';
import { useNow } from '../../ui/use-now.ts';
import { pauseChoices, pauseEnd } from './pause-times.ts';
import classes from './settings.module.css';

/** Scheduled backups paused for a while, or going on. */
export function PauseRow(): ReactNode {
  const { t } = useTranslation('settings');
  const now = useNow(20_000);
  const until = useStore((state) => state.schedule?.pausedUntil);
  const pause = useStore((state) => state.pauseSchedule);
  const [error, setError] = useState<StillpointError | null>(null);
  if (until === undefined) return null;
  const set = (end: number | 'forever' | null): void => {
    setError(null);
    pause(end).catch((thrown: unknown) => setError(asStillpointError(thrown)));
  };
  const paused = until !== null && (until === 'forever' || until > now);
  return (
    <>
      <div className={classes.field}>
        <span>
          {t('pause.title')}
          <span className={classes.hint}>
            {!paused
              ? t('pause.running')
              : until === 'forever'
                ? t('pause.forever')
                : t('pause.until', { when: `${formatDay(until, now)}, ${formatTime(until)}` })}
          </span>
        </span>
        {paused ? (
          <Button
            variant="filled"
            leftSection={<IconPlayerPlay size={16} aria-hidden="true" />}
            onClick={() => set(null)}
          >
            {t('pause.resume')}
          </Button>
        ) : (
          <Menu position="bottom-end" withinPortal shadow="md">
            <Menu.Target>
              <Button
                variant="default"
                leftSection={<IconPlayerPause size={16} aria-hidden="true" />}
                rightSection={<IconChevronDown size={15} aria-hidden="true" />}
              >
                {t('pause.button')}
              </Button>
            </Menu.Target>
            <Menu.Dropdown>
              {pauseChoices.map((choice) => (
                <Menu.Item key={choice} onClick={() => set(pauseEnd(choice, Date.now()))}>
                  {t(`pause.choice.${choice}`)}
                </Menu.Item>
              ))}
            </Menu.Dropdown>
          </Menu>
        )}
      </div>
      {error !== null && <ErrorPanel error={error} />}
    </>
  );
}
