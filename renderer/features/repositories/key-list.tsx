import { Button, Loader } from '@mantine/core';
import { IconKey } from '@tabler/icons-react';
import { type ReactNode, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { type RepositoryId, shortId } from '../../../shared/domain/ids.ts';
import type { RepositoryKey } from '../../../shared/domain/repository.ts';
import { instantToMs } from '../../../shared/domain/time.ts';
import { ask } from '../../state/ask.ts';
import { useAnswer } from '../../state/use-answer.ts';
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx';
import { ErrorPanel } from '../../ui/error-panel.tsx';
import { formatDate } from '../../ui/format/date-time.ts';
import classes from './repositories.module.css';

/** The keys that open a repository. The one in use and the last one cannot be taken away here. */
export function KeyList({ repositoryId }: { readonly repositoryId: RepositoryId }): ReactNode {
  const { t } = useTranslation('repositories');
  const keys = useAnswer('repositories.keys', { id: repositoryId });
  const [revoking, setRevoking] = useState<RepositoryKey | null>(null);
  if (keys.error !== null) return <ErrorPanel error={keys.error} onRetry={keys.reload} />;
  if (keys.value === null) return <Loader size="sm" role="status" aria-label={t('keys.reading')} />;
  return (
    <>
      <p className={classes.quiet}>{t('keys.line')}</p>
      <ul className={classes.keys}>
        {keys.value.map((key) => (
          <li key={key.id}>
            <IconKey size={18} aria-hidden="true" />
            <div>
              <strong>{key.username}</strong>{' '}
              <span className={classes.quiet}>{t('keys.on', { host: key.hostname })}</span>
              <div className={classes.quiet}>
                {t('keys.made', { date: formatDate(instantToMs(key.createdAt)), id: shortId(key.id) })}
              </div>
            </div>
            {key.current ? (
              <span className={classes.quiet}>{t('keys.current')}</span>
            ) : (
              <Button
                variant="default"
                aria-label={t('keys.revokeNamed', { name: key.username })}
                onClick={() => setRevoking(key)}
              >
                {t('keys.revoke')}
              </Button>
            )}
          </li>
        ))}
      </ul>
      <ConfirmDialog
        opened={revoking !== null}
        title={t('keys.revokeTitle', { name: revoking?.username ?? '' })}
        confirmLabel={t('keys.revokeConfirm')}
        danger
        onClose={() => setRevoking(null)}
        onConfirm={async () => {
          if (revoking === null) return;
          await ask('repositories.removeKey', { id: repositoryId, keyId: revoking.id });
          keys.reload();
        }}
      >
        {t('keys.revokeLine')}
      </ConfirmDialog>
    </>
  );
}
