import { ActionIcon, Button, Menu } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { IconDots, IconDownload, IconPin, IconPinFilled, IconShieldCheck, IconTrash } from '@tabler/icons-react';
import { type ReactNode, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { asStillpointError, type StillpointError } from '../../../shared/errors/index.ts';
import { ask } from '../../state/ask.ts';
import { useStore } from '../../state/store.ts';
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx';
import { ErrorPanel } from '../../ui/error-panel.tsx';
import { formatDateTime } from '../../ui/format/date-time.ts';
import classes from './details.module.css';
import type { Details } from './facts/details.ts';

/** Keep for ever, read back, take the proof along, delete. */
export function KeepBar({ details }: { readonly details: Details }): ReactNode {
  const { t } = useTranslation('snapshot-details');
  const [working, setWorking] = useState(false);
  const [error, setError] = useState<StillpointError | null>(null);
  const [deleting, setDeleting] = useState(false);
  const repositories = useStore((state) => state.repositories);
  const selectSnapshot = useStore((state) => state.selectSnapshot);
  const laneKey = useStore((state) => state.selectedLaneKey);
  const refreshTimeline = useStore((state) => state.refreshTimeline);
  const { mark, summary } = details;
  const snapshot = { repositoryId: mark.repositoryId, snapshotId: mark.id };
  const repository = repositories?.find(({ id }) => id === mark.repositoryId)?.name ?? '';

  const attempt = async (action: () => Promise<void>): Promise<void> => {
    setWorking(true);
    setError(null);
    try {
      await action();
    } catch (thrown) {
      setError(asStillpointError(thrown));
    } finally {
      setWorking(false);
    }
  };
  const pin = (): Promise<void> =>
    attempt(async () => {
      const changed = await ask('snapshots.setPinned', { ...snapshot, pinned: !mark.pinned });
      // A changed tag is a rewritten snapshot: it has another id from now on.
      await refreshTimeline();
      selectSnapshot({ repositoryId: changed.repositoryId, snapshotId: changed.id }, laneKey);
    });
  const verify = (): Promise<void> =>
    attempt(async () => {
      await ask('snapshots.verify', snapshot);
      notifications.show({ title: t('actions.verifying'), message: t('actions.verifyingText'), autoClose: 4_000 });
    });
  const saveProof = (): Promise<void> =>
    attempt(async () => {
      const { path } = await ask('snapshots.saveProof', snapshot);
      if (path !== null) notifications.show({ title: t('actions.proofSaved'), message: path, autoClose: 6_000 });
    });

  return (
    <footer className={classes.keepBar}>
      {error !== null && <ErrorPanel error={error} />}
      <div className={classes.keepButtons}>
        <Button
          variant="subtle"
          size="compact-sm"
          styles={{ section: { marginInlineEnd: 5 } }}
          disabled={working}
          aria-pressed={mark.pinned}
          leftSection={
            mark.pinned ? <IconPinFilled size={15} aria-hidden="true" /> : <IconPin size={15} aria-hidden="true" />
          }
          onClick={() => void pin()}
        >
          {t(mark.pinned ? 'actions.unpin' : 'actions.pin')}
        </Button>
        <Button
          variant="subtle"
          size="compact-sm"
          styles={{ section: { marginInlineEnd: 5 } }}
          disabled={working}
          leftSection={<IconShieldCheck size={15} aria-hidden="true" />}
          onClick={() => void verify()}
        >
          {t('actions.verify')}
        </Button>
        {details.evidence !== null && (
          <Button
            variant="subtle"
            size="compact-sm"
            styles={{ section: { marginInlineEnd: 5 } }}
            disabled={working}
            leftSection={<IconDownload size={15} aria-hidden="true" />}
            onClick={() => void saveProof()}
          >
            {t('actions.saveProof')}
          </Button>
        )}
        <Menu position="top-end" withinPortal shadow="md">
          <Menu.Target>
            <ActionIcon variant="subtle" size={28} aria-label={t('actions.more')} className={classes.more ?? ''}>
              <IconDots size={17} />
            </ActionIcon>
          </Menu.Target>
          <Menu.Dropdown>
            <Menu.Item color="bad" leftSection={<IconTrash size={16} />} onClick={() => setDeleting(true)}>
              {t('actions.delete')}
            </Menu.Item>
          </Menu.Dropdown>
        </Menu>
      </div>
      <ConfirmDialog
        opened={deleting}
        danger
        title={t('delete.title')}
        confirmLabel={t('delete.confirm')}
        onClose={() => setDeleting(false)}
        onConfirm={async () => {
          await ask('snapshots.remove', snapshot);
          selectSnapshot(null, laneKey);
          await refreshTimeline();
        }}
      >
        <p>{t('delete.text', { source: summary.sourceName, when: formatDateTime(mark.time), repository })}</p>
        {mark.pinned && <p>{t('delete.pinned')}</p>}
      </ConfirmDialog>
    </footer>
  );
}
