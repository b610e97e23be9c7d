import { Button, Group, Modal, Stack } from '@mantine/core';
import { type ReactNode, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { asStillpointError, type StillpointError } from '../../shared/errors/index.ts';
import { ErrorPanel } from './error-panel.tsx';

/**
 * Asks before something that cannot be taken back. The button says what it does. While `onConfirm` works the dialog
 * stays; when it throws, the error is shown in the dialog.
 */
export function ConfirmDialog({
  opened,
  title,
  children,
  confirmLabel,
  danger = false,
  onConfirm,
  onClose,
}: {
  readonly opened: boolean;
  readonly title: string;
  readonly children: ReactNode;
  readonly confirmLabel: string;
  readonly danger?: boolean;
  readonly onConfirm: () => Promise<void> | void;
  readonly onClose: () => void;
}): ReactNode {
  const { t } = useTranslation('ui');
  const [working, setWorking] = useState(false);
  const [error, setError] = useState<StillpointError | null>(null);

  const close = (): void => {
    if (working) return;
    setError(null);
    onClose();
  };
  const confirm = async (): Promise<void> => {
    setWorking(true);
    setError(null);
    try {
      await onConfirm();
      onClose();
    } catch (thrown) {
      setError(asStillpointError(thrown));
    } finally {
      setWorking(false);
    }
  };

  return (
    <Modal
      opened={opened}
      onClose={close}
      title={title}
      centered
      closeButtonProps={{ 'aria-label': t('close') }}
      styles={{ title: { fontWeight: 600, fontSize: 16 } }}
    >
      <Stack gap="md">
        <div>{children}</div>
        {error !== null && <ErrorPanel error={error} />}
        <Group justify="flex-end" gap="sm">
          <Button variant="default" onClick={close} disabled={working} data-autofocus={danger}>
            {t('cancel')}
          </Button>
          <Button
            variant="filled"
            {...(danger ? { color: 'bad' } : {})}
            loading={working}
            onClick={() => void confirm()}
            data-autofocus={!danger}
          >
            {confirmLabel}
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}
