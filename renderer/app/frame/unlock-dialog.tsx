import { Modal } from '@mantine/core';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useStore } from '../../state/store.ts';
import { UnlockForm } from './unlock-form.tsx';

/** Asks for what opens a repository, whoever needs it: its password, or what its server wants. */
export function UnlockDialog(): ReactNode {
  const { t } = useTranslation(['app', 'ui']);
  const request = useStore((state) => state.passwordRequest);
  const repository = useStore((state) => state.repositories?.find(({ id }) => id === request?.repositoryId));
  const dismiss = useStore((state) => state.dismissPassword);
  const onlyServer = repository?.credentialsRefused === true && repository.passwordKnown;
  return (
    <Modal
      opened={request !== null}
      onClose={dismiss}
      centered
      title={t(onlyServer ? 'unlock.signInTitle' : 'unlock.title')}
      closeButtonProps={{ 'aria-label': t('ui:close') }}
      styles={{ title: { fontWeight: 600, fontSize: 16 } }}
    >
      {request !== null && <UnlockForm key={request.repositoryId} request={request} repository={repository} />}
    </Modal>
  );
}
