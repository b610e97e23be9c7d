import { Button } from '@mantine/core';
import { type ReactNode, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { RepositoryId } from '../../../shared/domain/ids.ts';
import { asStillpointError, type StillpointError } from '../../../shared/errors/index.ts';
import { ask } from '../../state/ask.ts';
import { announce } from '../../ui/announce.ts';
import { ErrorPanel } from '../../ui/error-panel.tsx';
import { PasswordField } from '../../ui/password-field.tsx';
import classes from './repositories.module.css';

/** The old password once, the new one twice. Snapshots are not written anew: only their key is sealed again. */
export function ChangePassword({
  repositoryId,
  onDone,
}: {
  readonly repositoryId: RepositoryId;
  readonly onDone: () => void;
}): ReactNode {
  const { t } = useTranslation('repositories');
  const [password, setPassword] = useState('');
  const [newPassword, setNewPassword] = useState('');
  const [again, setAgain] = useState('');
  const [working, setWorking] = useState(false);
  const [error, setError] = useState<StillpointError | null>(null);
  const wrong = error?.kind === 'wrong-password';
  const differs = again !== '' && again !== newPassword;
  const ready = password !== '' && newPassword !== '' && again === newPassword;

  const change = async (): Promise<void> => {
    setWorking(true);
    setError(null);
    try {
      await ask('repositories.changePassword', { id: repositoryId, password, newPassword });
      announce(t('change.done'));
      onDone();
    } catch (thrown) {
      setError(asStillpointError(thrown));
    } finally {
      setWorking(false);
    }
  };

  return (
    <form
      className={classes.form}
      onSubmit={(event) => {
        event.preventDefault();
        if (ready) void change();
      }}
    >
      <PasswordField
        label={t('change.old')}
        value={password}
        autoFocus
        onChange={(value) => {
          setPassword(value);
          setError(null);
        }}
        {...(wrong ? { error: `${error.message} ${error.guidance}` } : {})}
      />
      <PasswordField label={t('change.new')} value={newPassword} onChange={setNewPassword} judge />
      <PasswordField
        label={t('password.again')}
        value={again}
        onChange={setAgain}
        {...(differs ? { error: t('password.differs') } : {})}
      />
      <p className={classes.quiet}>{t('change.line')}</p>
      {error !== null && !wrong && <ErrorPanel error={error} />}
      <div className={classes.formFoot}>
        <Button type="submit" variant="filled" disabled={!ready} loading={working}>
          {t('change.change')}
        </Button>
      </div>
    </form>
  );
}
