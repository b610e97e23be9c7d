import { Button, Checkbox, Group, Modal, Stack } from '@mantine/core';
import { type FormEvent, type ReactNode, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { asStillpointError, type StillpointError } from '../../../shared/errors/index.ts';
import { useStore } from '../../state/store.ts';
import { ErrorPanel } from '../../ui/error-panel.tsx';
import { PasswordField } from '../../ui/password-field.tsx';

/** Asks for the password of a repository, whoever needs it. */
export function UnlockDialog(): ReactNode {
  const { t } = useTranslation(['app', 'ui']);
  const request = useStore((state) => state.passwordRequest);
  const dismiss = useStore((state) => state.dismissPassword);
  return (
    <Modal
      opened={request !== null}
      onClose={dismiss}
      centered
      title={t('unlock.title')}
      closeButtonProps={{ 'aria-label': t('ui:close') }}
      styles={{ title: { fontWeight: 600, fontSize: 16 } }}
    >
      {request !== null && <UnlockForm key={request.repositoryId} />}
    </Modal>
  );
}

function UnlockForm(): ReactNode {
  const { t } = useTranslation(['app', 'ui']);
  const request = useStore((state) => state.passwordRequest);
  const repository = useStore((state) => state.repositories?.find(({ id }) => id === request?.repositoryId));
  const canRemember = useStore((state) => state.info?.secretStore.available ?? false);
  const unlock = useStore((state) => state.unlock);
  const dismiss = useStore((state) => state.dismissPassword);
  const [password, setPassword] = useState('');
  const [remember, setRemember] = useState(canRemember);
  const [working, setWorking] = useState(false);
  const [error, setError] = useState<StillpointError | null>(null);
  if (request === null) return null;

  const submit = (event: FormEvent): void => {
    event.preventDefault();
    setWorking(true);
    setError(null);
    unlock(request.repositoryId, password, remember && canRemember)
      .catch((thrown: unknown) => setError(asStillpointError(thrown)))
      .finally(() => setWorking(false));
  };
  const wrong = error?.kind === 'wrong-password';
  return (
    <form onSubmit={submit}>
      <Stack gap="md">
        <div>
          {t('unlock.text', { name: repository?.name ?? '' })} {request.reason}
        </div>
        <PasswordField
          value={password}
          onChange={setPassword}
          autoFocus
          disabled={working}
          error={wrong ? `${error.message} ${error.guidance}` : undefined}
        />
        <Checkbox
          checked={remember && canRemember}
          disabled={!canRemember}
          onChange={(event) => setRemember(event.currentTarget.checked)}
          label={t('unlock.remember')}
          description={canRemember ? undefined : t('unlock.noStore')}
        />
        {error !== null && !wrong && <ErrorPanel error={error} />}
        <Group justify="flex-end" gap="sm">
          <Button variant="default" onClick={dismiss}>
            {t('unlock.later')}
          </Button>
          <Button variant="filled" type="submit" loading={working} disabled={password === ''}>
            {t('unlock.unlock')}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
