import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { ask } from '../../state/ask.ts';
import { useStore } from '../../state/store.ts';
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx';
import type { RepositoryFacts } from './repository-state.ts';

/** Takes a repository off the list. Nothing in it is touched, and it can be opened again with its password. */
export function ForgetRepository({
  repository,
  opened,
  onClose,
}: {
  readonly repository: RepositoryFacts;
  readonly opened: boolean;
  readonly onClose: () => void;
}): ReactNode {
  const { t } = useTranslation('repositories');
  const { sources, refreshRepositories } = useStore();
  const users = sources?.filter(({ policy }) => policy.repositoryId === repository.id).map(({ name }) => name) ?? [];
  return (
    <ConfirmDialog
      opened={opened}
      title={t('forget.title', { name: repository.name })}
      confirmLabel={t('forget.confirm')}
      onClose={onClose}
      onConfirm={async () => {
        await ask('repositories.remove', { id: repository.id });
        await refreshRepositories();
      }}
    >
      <p>{t('forget.line')}</p>
      {users.length > 0 && (
        <p>
          <strong>{t('forget.used', { sources: new Intl.ListFormat(undefined).format(users) })}</strong>
        </p>
      )}
    </ConfirmDialog>
  );
}
