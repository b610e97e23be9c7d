import { Button } from '@mantine/core';
import { type ReactNode, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { asStillpointError, type StillpointError } from '../../../shared/errors/index.ts';
import { useStore } from '../../state/store.ts';
import { ErrorPanel } from '../../ui/error-panel.tsx';
import classes from './settings.module.css';

/** Whether runs that a schedule began may hold filesystems still, and the way to allow it or take it back. */
export function ScheduledStillPoints(): ReactNode {
  const { t } = useTranslation('settings');
  const helper = useStore((state) => state.info?.helper);
  const allow = useStore((state) => state.allowStillPoints);
  const [working, setWorking] = useState(false);
  const [error, setError] = useState<StillpointError | null>(null);
  if (helper === undefined) return null;
  const { scheduledStillPoints: allowed, canFreeze, canAskForRights } = helper;
  const change = (): void => {
    setWorking(true);
    setError(null);
    allow(!allowed)
      .catch((thrown: unknown) => setError(asStillpointError(thrown)))
      .finally(() => setWorking(false));
  };
  return (
    <>
      <div className={classes.field}>
        <span>
          {t(allowed ? 'scheduled.allowed' : 'scheduled.notAllowed')}
          <span className={classes.hint}>{t(allowed ? 'scheduled.allowedLine' : 'scheduled.notAllowedLine')}</span>
        </span>
        {(allowed || canFreeze || canAskForRights) && (
          <Button variant="default" loading={working} onClick={change}>
            {t(allowed ? 'scheduled.withdraw' : 'scheduled.allow')}
          </Button>
        )}
      </div>
      {error !== null && <ErrorPanel error={error} />}
    </>
  );
}
