import { Checkbox } from '@mantine/core';
import { type ReactNode, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useStore } from '../../state/store.ts';
import { PasswordField } from '../../ui/password-field.tsx';
import classes from './repositories.module.css';

export interface GivenPassword {
  readonly password: string;
  readonly remember: boolean;
}

/** A new password, typed twice; or the one of a repository that exists, typed once. */
export function PasswordForm({
  existing,
  error,
  onChange,
}: {
  readonly existing: boolean;
  /** Beside the field: that the password is wrong. */
  readonly error?: string | undefined;
  /** Null while there is no usable answer. */
  readonly onChange: (given: GivenPassword | null) => void;
}): ReactNode {
  const { t } = useTranslation('repositories');
  const store = useStore((state) => state.info?.secretStore);
  const [password, setPassword] = useState('');
  const [again, setAgain] = useState('');
  const [remember, setRemember] = useState(true);
  const available = store?.available ?? false;
  const differs = !existing && again !== '' && again !== password;

  const report = (next: { password?: string; again?: string; remember?: boolean }): void => {
    const now = { password, again, remember, ...next };
    const usable = now.password !== '' && (existing || now.password === now.again);
    onChange(usable ? { password: now.password, remember: available && now.remember } : null);
  };

  return (
    <div className={classes.passwords}>
      <PasswordField
        label={t(existing ? 'password.existing' : 'password.new')}
        value={password}
        judge={!existing}
        autoFocus
        {...(error === undefined ? {} : { error })}
        onChange={(value) => {
          setPassword(value);
          report({ password: value });
        }}
      />
      {!existing && (
        <PasswordField
          label={t('password.again')}
          value={again}
          {...(differs ? { error: t('password.differs') } : {})}
          onChange={(value) => {
            setAgain(value);
            report({ again: value });
          }}
        />
      )}
      {available ? (
        <Checkbox
          checked={remember}
          label={t('password.remember')}
          description={t('password.rememberLine')}
          onChange={(event) => {
            setRemember(event.currentTarget.checked);
            report({ remember: event.currentTarget.checked });
          }}
        />
      ) : (
        <p className={classes.quiet}>{t('password.noStore')}</p>
      )}
    </div>
  );
}
