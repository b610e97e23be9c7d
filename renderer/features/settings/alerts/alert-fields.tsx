import { NumberInput, TextInput } from '@mantine/core';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { PasswordField } from '../../../ui/password-field.tsx';
import { Segmented } from '../../../ui/segmented.tsx';
import classes from '../settings.module.css';
import { type AlertDraft, type AlertField, withSecurity } from './alert-draft.ts';

type TextField = 'name' | 'server' | 'username' | 'from' | 'to' | 'topic';

/** The fields of one kind of channel. What is secret is typed and never shown again. */
export function AlertFields({
  draft,
  secret,
  hasSecret,
  errorOf,
  onChange,
  onSecret,
}: {
  readonly draft: AlertDraft;
  readonly secret: string;
  readonly hasSecret: boolean;
  readonly errorOf: (field: AlertField) => string | null;
  readonly onChange: (draft: AlertDraft) => void;
  readonly onSecret: (secret: string) => void;
}): ReactNode {
  const { t } = useTranslation('alerts');
  const { kind } = draft;
  const text = (field: TextField, placeholder: string): ReactNode => (
    <TextInput
      label={t(field === 'server' && kind === 'ntfy' ? 'field.address' : `field.${field}`)}
      value={draft[field]}
      placeholder={placeholder}
      error={errorOf(field)}
      spellCheck={false}
      autoComplete="off"
      onChange={(event) => onChange({ ...draft, [field]: event.currentTarget.value.trimStart() })}
    />
  );
  const secretField = (
    <PasswordField
      label={t(`secret.${kind}`)}
      description={t(hasSecret ? 'secret.kept' : `secret.line.${kind}`)}
      value={secret}
      onChange={onSecret}
      error={errorOf('secret') ?? undefined}
    />
  );
  switch (kind) {
    case 'mail':
      return (
        <>
          {text('to', 'you@example.org')}
          {text('from', 'backups@example.org')}
          <div className={classes.serverRow}>
            {text('server', 'mail.example.org')}
            <NumberInput
              label={t('field.port')}
              value={draft.port}
              min={1}
              max={65_535}
              allowDecimal={false}
              clampBehavior="blur"
              hideControls
              error={errorOf('port')}
              onChange={(port) => typeof port === 'number' && onChange({ ...draft, port })}
            />
          </div>
          <div className={classes.field}>
            <span aria-hidden="true">{t('field.security')}</span>
            <Segmented
              label={t('field.security')}
              value={draft.security}
              onChange={(security) => onChange(withSecurity(draft, security))}
              options={(['tls', 'starttls', 'none'] as const).map((value) => ({
                value,
                label: t(`security.${value}`),
              }))}
            />
          </div>
          {draft.security === 'none' && <p className={classes.quiet}>{t('security.noneLine')}</p>}
          {text('username', '')}
          {secretField}
        </>
      );
    case 'ntfy':
      return (
        <>
          {text('server', 'https://ntfy.sh')}
          {text('topic', 'my-backups')}
          {secretField}
        </>
      );
    case 'webhook':
    case 'healthchecks':
      return (
        <>
          {secretField}
          {text('name', '')}
        </>
      );
  }
}
