import { Button, Checkbox, Group, Stack } from '@mantine/core';
import { type FormEvent, type ReactNode, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { locationText } from '../../../shared/domain/location.ts';
import { asStillpointError, type StillpointError } from '../../../shared/errors/index.ts';
import type { PasswordRequest } from '../../state/password-slice.ts';
import type { RepositoryView } from '../../state/repositories-slice.ts';
import { useStore } from '../../state/store.ts';
import { ErrorPanel } from '../../ui/error-panel.tsx';
import { PasswordField } from '../../ui/password-field.tsx';
import { emptyCredentials, readCredentials, wantsCredentials } from './credentials-draft.ts';
import { CredentialsFields } from './credentials-fields.tsx';

/**
 * What is typed is in this form's memory and goes to main, which keeps it in the secret store if that is wished. Which of
 * the two was refused is said at its field: the password of the repository, or what the server wants.
 */
export function UnlockForm({
  request,
  repository,
}: {
  readonly request: PasswordRequest;
  readonly repository: RepositoryView | undefined;
}): ReactNode {
  const { t } = useTranslation(['app', 'ui']);
  const canRemember = useStore((state) => state.info?.secretStore.available ?? false);
  const unlock = useStore((state) => state.unlock);
  const dismiss = useStore((state) => state.dismissPassword);
  const [password, setPassword] = useState('');
  const [draft, setDraft] = useState(emptyCredentials);
  const [remember, setRemember] = useState(canRemember);
  const [working, setWorking] = useState(false);
  const [error, setError] = useState<StillpointError | null>(null);

  const kind = repository === undefined ? null : wantsCredentials(repository.location);
  const refused = error?.kind === 'not-permitted' && error.field === 'credentials';
  const asksServer = kind !== null && (refused || repository?.credentialsRefused === true);
  const asksPassword = !(repository?.passwordKnown === true && repository.credentialsRefused);
  const { credentials, errors } = readCredentials(kind, draft);
  const isReady = (!asksPassword || password !== '') && (!asksServer || credentials !== null);
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (!isReady) return;
    setWorking(true);
    setError(null);
    const given = {
      ...(asksPassword ? { password } : {}),
      ...(asksServer && credentials !== null ? { credentials } : {}),
    };
    unlock(request.repositoryId, given, remember && canRemember)
      .catch((thrown: unknown) => setError(asStillpointError(thrown)))
      .finally(() => setWorking(false));
  };
  const wrong = error?.kind === 'wrong-password';
  const name = repository?.name ?? '';
  return (
    <form onSubmit={submit}>
      <Stack gap="md">
        <div>
          {asksPassword ? t('unlock.text', { name }) : t('unlock.signInText', { name })} {request.reason}
        </div>
        {asksPassword && (
          <PasswordField
            value={password}
            onChange={setPassword}
            autoFocus
            disabled={working}
            error={wrong ? `${error.message} ${error.guidance}` : undefined}
          />
        )}
        {asksServer && repository !== undefined && (
          <CredentialsFields
            kind={kind}
            place={locationText(repository.location)}
            draft={draft}
            errors={errors}
            refused={refused ? `${error.message} ${error.guidance}` : undefined}
            autoFocus={!asksPassword}
            disabled={working}
            onChange={(changes) => setDraft({ ...draft, ...changes })}
          />
        )}
        <Checkbox
          checked={remember && canRemember}
          disabled={!canRemember}
          onChange={(event) => setRemember(event.currentTarget.checked)}
          label={t('unlock.remember')}
          description={canRemember ? undefined : t('unlock.noStore')}
        />
        {error !== null && !wrong && !refused && <ErrorPanel error={error} />}
        <Group justify="flex-end" gap="sm">
          <Button variant="default" onClick={dismiss}>
            {t('unlock.later')}
          </Button>
          <Button variant="filled" type="submit" loading={working} disabled={!isReady}>
            {t(asksPassword ? 'unlock.unlock' : 'unlock.signIn')}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
