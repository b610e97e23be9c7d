import { Button } from '@mantine/core';
import { IconX } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { msToInstant } from '../../../../shared/domain/time.ts';
import { useStore } from '../../../state/store.ts';
import { formatDateTime, formatTimeSeconds } from '../../../ui/format/date-time.ts';
import { IconButton } from '../../../ui/icon-button.tsx';
import type { LogPick } from '../layout/log-pick.ts';
import classes from './stage.module.css';

/** The instant that was clicked on a log band, and the way to go back to it. */
export function LogPopover({
  pick,
  left,
  top,
  onClose,
}: {
  readonly pick: LogPick;
  readonly left: number;
  readonly top: number;
  readonly onClose: () => void;
}): ReactNode {
  const { t } = useTranslation('timeline');
  const open = useStore((state) => state.open);
  const { repositoryId, id } = pick.base;
  return (
    <div className={classes.logPopover} style={{ left, top }} role="dialog" aria-label={formatDateTime(pick.time)}>
      <span>{t('log.pick', { from: formatDateTime(pick.from), to: formatDateTime(pick.to) })}</span>
      <div className={classes.logActions}>
        <Button
          variant="filled"
          size="compact-sm"
          onClick={() =>
            open({
              name: 'restore-wizard',
              point: { repositoryId, snapshotId: id, instant: { at: msToInstant(pick.time) } },
              selection: [],
            })
          }
        >
          {t('log.restore', { time: formatTimeSeconds(pick.time) })}
        </Button>
        <IconButton label={t('log.close')} size={26} onClick={onClose}>
          <IconX size={15} />
        </IconButton>
      </div>
    </div>
  );
}
