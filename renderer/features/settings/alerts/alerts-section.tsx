import { Button, Menu } from '@mantine/core';
import { IconChevronDown, IconPlus } from '@tabler/icons-react';
import { type ReactNode, useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { asStillpointError, type StillpointError } from '../../../../shared/errors/index.ts';
import { useStore } from '../../../state/store.ts';
import { ErrorPanel } from '../../../ui/error-panel.tsx';
import classes from '../settings.module.css';
import { AlertDialog } from './alert-dialog.tsx';
import { type AlertDraft, alertKinds, draftOfAlert, emptyAlert, newAlertId } from './alert-draft.ts';
import { AlertRow } from './alert-row.tsx';

/** Where failures are told to somebody who does not sit at this computer. */
export function AlertsSection(): ReactNode {
  const { t } = useTranslation('alerts');
  const alerts = useStore((state) => state.alerts);
  const refresh = useStore((state) => state.refreshAlerts);
  const [edited, setEdited] = useState<AlertDraft | null>(null);
  const [error, setError] = useState<StillpointError | null>(null);
  const load = (): void => {
    setError(null);
    refresh().catch((thrown: unknown) => setError(asStillpointError(thrown)));
  };
  // biome-ignore lint/correctness/useExhaustiveDependencies: asked once when it is shown; events tell of changes.
  useEffect(load, []);
  const taken = alerts?.map(({ channel }) => channel.id) ?? [];
  return (
    <section className={classes.section} id="alerts">
      <h2>{t('title')}</h2>
      <p>{t('line')}</p>
      {error !== null && <ErrorPanel error={error} onRetry={load} />}
      {alerts !== null && alerts.length > 0 && (
        <ul className={classes.alerts}>
          {alerts.map((view) => (
            <li key={view.channel.id}>
              <AlertRow view={view} onEdit={() => setEdited(draftOfAlert(view.channel))} />
            </li>
          ))}
        </ul>
      )}
      <div>
        <Menu position="bottom-start" withinPortal shadow="md">
          <Menu.Target>
            <Button
              variant="default"
              disabled={alerts === null}
              leftSection={<IconPlus size={16} aria-hidden="true" />}
              rightSection={<IconChevronDown size={15} aria-hidden="true" />}
            >
              {t('add')}
            </Button>
          </Menu.Target>
          <Menu.Dropdown>
            {alertKinds.map((kind) => (
              <Menu.Item key={kind} onClick={() => setEdited(emptyAlert(kind, newAlertId(kind, taken)))}>
                {t(`kind.${kind}`)}
              </Menu.Item>
            ))}
          </Menu.Dropdown>
        </Menu>
      </div>
      {edited !== null && (
        <AlertDialog
          key={edited.id}
          initial={edited}
          known={alerts?.find(({ channel }) => channel.id === edited.id) ?? null}
          onClose={() => setEdited(null)}
        />
      )}
    </section>
  );
}
