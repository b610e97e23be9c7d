import { PasswordInput, TextInput } from '@mantine/core';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Segmented } from '../../ui/segmented.tsx';
import {
  type FieldErrors,
  type RemoteDraft,
  type RemoteField,
  type RemoteKind,
  type Trust,
  usesTls,
} from './remote-draft.ts';
import classes from './repositories.module.css';

/** Side by side in a row. */
const rows = {
  rest: [['url'], ['user', 'password']],
  s3: [['endpoint'], ['bucket', 'prefix'], ['accessKeyId', 'secretAccessKey'], ['region']],
  sftp: [['host', 'sshUser', 'port'], ['path'], ['keyFile']],
  rclone: [['remote']],
} as const satisfies Record<RemoteKind, readonly (readonly Exclude<RemoteField, 'trust'>[])[]>;

type TextField = (typeof rows)[RemoteKind][number][number] | 'caFile' | 'fingerprint';

const secrets: readonly TextField[] = ['password', 'secretAccessKey'];
const described: readonly TextField[] = ['url', 'path', 'keyFile', 'remote', 'fingerprint'];
const trusts: readonly Trust[] = ['system', 'file', 'fingerprint'];

/** What a place of a kind needs; what is wrong stands at its field. */
export function RemoteFields({
  kind,
  draft,
  errors,
  onChange,
}: {
  readonly kind: RemoteKind;
  readonly draft: RemoteDraft;
  readonly errors: FieldErrors;
  readonly onChange: (changes: Partial<RemoteDraft>) => void;
}): ReactNode {
  const { t } = useTranslation('repositories');
  const field = (name: TextField): ReactNode => {
    const shared = {
      label: t(`remote.field.${name}`),
      description: described.includes(name) ? t(`remote.hint.${name}`) : undefined,
      value: draft[name],
      error: errors[name] ?? null,
      spellCheck: false,
      autoComplete: 'off',
      maxLength: 4096,
    };
    const change = (value: string): void => onChange({ [name]: value });
    return secrets.includes(name) ? (
      <PasswordInput key={name} {...shared} onChange={(event) => change(event.currentTarget.value)} />
    ) : (
      <TextInput key={name} {...shared} onChange={(event) => change(event.currentTarget.value)} />
    );
  };
  return (
    <>
      {rows[kind].map((row) => (
        <div key={row[0]} className={classes.fieldRow} data-fields={row.length}>
          {row.map(field)}
        </div>
      ))}
      {usesTls(kind) && (
        <div className={classes.trust}>
          <span className={classes.trustTitle}>{t('remote.trust.title')}</span>
          <Segmented
            label={t('remote.trust.title')}
            value={draft.trust}
            onChange={(trust) => onChange({ trust })}
            options={trusts.map((value) => ({ value, label: t(`remote.trust.${value}`) }))}
          />
          {draft.trust === 'file' && field('caFile')}
          {draft.trust === 'fingerprint' && field('fingerprint')}
        </div>
      )}
    </>
  );
}
