import { TextInput } from '@mantine/core';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { PasswordField } from '../../ui/password-field.tsx';
import type { CredentialsDraft, CredentialsField, CredentialsKind } from './credentials-draft.ts';

const fields = {
  rest: ['user', 'password'],
  s3: ['accessKeyId', 'secretAccessKey'],
} as const;

/** What a server wants of who uses it; that it refused is said at the secret. */
export function CredentialsFields({
  kind,
  place,
  draft,
  errors,
  refused,
  autoFocus,
  disabled,
  onChange,
}: {
  readonly kind: CredentialsKind;
  readonly place: string;
  readonly draft: CredentialsDraft;
  readonly errors: Partial<Record<CredentialsField, string>>;
  readonly refused: string | undefined;
  readonly autoFocus: boolean;
  readonly disabled: boolean;
  readonly onChange: (changes: Partial<CredentialsDraft>) => void;
}): ReactNode {
  const { t } = useTranslation('app');
  const [name, secret] = fields[kind];
  return (
    <>
      <TextInput
        label={t(`unlock.field.${name}`)}
        description={place}
        value={draft[name]}
        error={errors[name] ?? null}
        disabled={disabled}
        data-autofocus={autoFocus || undefined}
        spellCheck={false}
        autoComplete="off"
        onChange={(event) => onChange({ [name]: event.currentTarget.value })}
      />
      <PasswordField
        label={t(`unlock.field.${secret}`)}
        description={t('unlock.fieldLine')}
        value={draft[secret]}
        error={errors[secret] ?? refused}
        disabled={disabled}
        onChange={(value) => onChange({ [secret]: value })}
      />
    </>
  );
}
