import { Button } from '@mantine/core';
import { type ReactNode, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { asStillpointError, type StillpointError } from '../../../shared/errors/index.ts';
import { useStore } from '../../state/store.ts';
import { ErrorPanel } from '../../ui/error-panel.tsx';
import { Notice } from '../../ui/notice.tsx';
import { ScheduledStillPoints } from './scheduled-still-points.tsx';
import classes from './settings.module.css';

/** Whether filesystems can be held still here, and how to allow it. */
export function HelperSection(): ReactNode {
  const { t } = useTranslation('settings');
  const info = useStore((state) => state.info);
  const requestRights = useStore((state) => state.requestRights);
  const [asking, setAsking] = useState(false);
  const [error, setError] = useState<StillpointError | null>(null);
  if (info === null) return null;
  const { helper, runsAsRoot } = info;
  const request = (): void => {
    setAsking(true);
    setError(null);
    requestRights()
      .catch((thrown: unknown) => setError(asStillpointError(thrown)))
      .finally(() => setAsking(false));
  };
  const button = helper.canAskForRights && !helper.canFreeze && (
    <Button variant="filled" loading={asking} onClick={request}>
      {t('helper.ask')}
    </Button>
  );
  return (
    <section className={classes.section}>
      <h2>{t('helper.title')}</h2>
      {helper.state === 'ready' && helper.canFreeze && (
        <Notice tone="ok" title={t('helper.ready')}>
          {t('helper.readyText')} {runsAsRoot && t('helper.root')}
        </Notice>
      )}
      {helper.state === 'ready' && !helper.canFreeze && (
        <Notice tone="warn" title={t('helper.notAllowed')} actions={button === false ? undefined : button}>
          {helper.explanation} {t('helper.notAllowedText')}
        </Notice>
      )}
      {helper.state === 'starting' && <Notice tone="info" title={t('helper.starting')} />}
      {helper.state === 'crashed' && (
        <Notice tone="warn" title={t('helper.crashed')}>
          {helper.explanation}
        </Notice>
      )}
      {helper.state === 'unavailable' && (
        <Notice tone="bad" title={t('helper.unavailable')} actions={button === false ? undefined : button}>
          {helper.explanation}
        </Notice>
      )}
      {helper.state === 'ready' && <ScheduledStillPoints />}
      {helper.crashes > 0 && <p className={classes.quiet}>{t('helper.crashes', { count: helper.crashes })}</p>}
      {error !== null && <ErrorPanel error={error} onRetry={request} />}
    </section>
  );
}
