import { Button, Switch } from '@mantine/core';
import {
  IconBell,
  IconCircleCheck,
  IconCircleX,
  IconHeartbeat,
  IconMail,
  IconTrash,
  IconWebhook,
} from '@tabler/icons-react';
import { type ReactNode, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { AlertChannel } from '../../../../shared/domain/alerts.ts';
import { asStillpointError, type StillpointError } from '../../../../shared/errors/index.ts';
import type { AlertChannelView } from '../../../../shared/ipc/alerts.ts';
import { useStore } from '../../../state/store.ts';
import { ConfirmDialog } from '../../../ui/confirm-dialog.tsx';
import { ErrorPanel } from '../../../ui/error-panel.tsx';
import { IconButton } from '../../../ui/icon-button.tsx';
import classes from '../settings.module.css';

const icons = { mail: IconMail, ntfy: IconBell, healthchecks: IconHeartbeat, webhook: IconWebhook } as const;

/** One channel: where it leads, how its last message went, on or off. */
export function AlertRow({
  view,
  onEdit,
}: {
  readonly view: AlertChannelView;
  readonly onEdit: () => void;
}): ReactNode {
  const { t } = useTranslation('alerts');
  const saveAlert = useStore((state) => state.saveAlert);
  const removeAlert = useStore((state) => state.removeAlert);
  const tested = useStore((state) => state.alertTests.get(view.channel.id));
  const [removing, setRemoving] = useState(false);
  const [error, setError] = useState<StillpointError | null>(null);
  const { channel, hasSecret, secretIsKept, lastResult, lastFailed } = view;
  const Icon = icons[channel.kind];
  const name = placeOf(channel, t);
  const toggle = (enabled: boolean): void => {
    setError(null);
    saveAlert({ ...channel, enabled }, null).catch((thrown: unknown) => setError(asStillpointError(thrown)));
  };
  return (
    <>
      <div className={classes.alert}>
        <Icon size={19} aria-hidden="true" />
        <span className={classes.alertText}>
          <strong>{name}</strong>
          <span className={classes.hint} data-failed={lastFailed}>
            {lastResult === '' ? (
              tested === undefined ? (
                t('neverSent')
              ) : (
                <>
                  <IconCircleCheck size={14} aria-hidden="true" /> {t('lastTest', { result: tested })}
                </>
              )
            ) : (
              <>
                {lastFailed ? (
                  <IconCircleX size={14} aria-hidden="true" />
                ) : (
                  <IconCircleCheck size={14} aria-hidden="true" />
                )}{' '}
                {t(lastFailed ? 'lastFailed' : 'lastSent', { result: lastResult })}
              </>
            )}
          </span>
          {hasSecret && !secretIsKept && <span className={classes.hint}>{t('secretUntilQuit')}</span>}
        </span>
        <Switch
          aria-label={t('enabled', { name })}
          checked={channel.enabled}
          onChange={(event) => toggle(event.currentTarget.checked)}
        />
        <Button variant="default" size="xs" aria-label={t('editNamed', { name })} onClick={onEdit}>
          {t('edit')}
        </Button>
        <IconButton label={t('removeNamed', { name })} onClick={() => setRemoving(true)}>
          <IconTrash size={16} />
        </IconButton>
      </div>
      {error !== null && <ErrorPanel error={error} />}
      <ConfirmDialog
        opened={removing}
        title={t('removeTitle', { name })}
        confirmLabel={t('removeConfirm')}
        danger
        onConfirm={() => removeAlert(channel.id)}
        onClose={() => setRemoving(false)}
      >
        {t('removeLine')}
      </ConfirmDialog>
    </>
  );
}

/** Where a channel leads, without its secret. */
function placeOf(channel: AlertChannel, t: ReturnType<typeof useTranslation<'alerts'>>['t']): string {
  switch (channel.kind) {
    case 'mail':
      return t('place.mail', { to: channel.to });
    case 'ntfy':
      return t('place.ntfy', { topic: channel.topic, server: channel.server.replace(/^https?:\/\//, '') });
    case 'healthchecks':
    case 'webhook':
      return channel.name === '' ? t(`kindName.${channel.kind}`) : t(`place.${channel.kind}`, { name: channel.name });
  }
}
