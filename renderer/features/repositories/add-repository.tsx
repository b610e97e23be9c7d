import { Button, Modal, TextInput } from '@mantine/core';
import { type ReactNode, useCallback, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { RepositoryId } from '../../../shared/domain/ids.ts';
import { asStillpointError, type StillpointError } from '../../../shared/errors/index.ts';
import { ask } from '../../state/ask.ts';
import { useStore } from '../../state/store.ts';
import { ErrorPanel } from '../../ui/error-panel.tsx';
import { type GivenPassword, PasswordForm } from './password-form.tsx';
import { type ChosenPlace, PlaceChooser } from './place-chooser.tsx';
import { type PlaceKind, PlaceKinds } from './place-kinds.tsx';
import type { PlaceWish } from './place-verdict.ts';
import { RecoverySheet } from './recovery-sheet.tsx';
import type { RemoteAccess } from './remote-draft.ts';
import { RemotePlace } from './remote-place.tsx';
import classes from './repositories.module.css';

/** Makes a repository, or opens one that exists. A new one offers its recovery sheet at once. */
export function AddRepository({
  wish,
  onWish,
  onClose,
}: {
  readonly wish: PlaceWish;
  readonly onWish: (wish: PlaceWish) => void;
  readonly onClose: () => void;
}): ReactNode {
  const { t } = useTranslation(['repositories', 'ui']);
  const refreshRepositories = useStore((state) => state.refreshRepositories);
  const [kind, setKind] = useState<PlaceKind>('local');
  const [place, setPlace] = useState<RemoteAccess | null>(null);
  const [given, setGiven] = useState<GivenPassword | null>(null);
  const [name, setName] = useState(t('defaultName'));
  const [working, setWorking] = useState(false);
  const [error, setError] = useState<StillpointError | null>(null);
  const [made, setMade] = useState<RepositoryId | null>(null);
  const onPlace = useCallback(
    (chosen: ChosenPlace | null) =>
      setPlace(chosen && { location: { kind: 'local', path: chosen.path }, credentials: undefined }),
    [],
  );
  const wrong = error?.kind === 'wrong-password' ? `${error.message} ${error.guidance}` : undefined;
  const ready = place !== null && given !== null && name.trim() !== '';

  const add = async (): Promise<void> => {
    if (place === null || given === null) return;
    setWorking(true);
    setError(null);
    try {
      const repository = await ask(wish === 'create' ? 'repositories.create' : 'repositories.adopt', {
        name: name.trim(),
        ...place,
        ...given,
      });
      await refreshRepositories();
      if (wish === 'create') setMade(repository.id);
      else onClose();
    } catch (thrown) {
      setError(asStillpointError(thrown));
    } finally {
      setWorking(false);
    }
  };

  return (
    <Modal
      opened
      onClose={onClose}
      closeOnClickOutside={false}
      size="lg"
      title={t(made !== null ? 'sheet.title' : wish === 'create' ? 'makeTitle' : 'openTitle')}
      closeButtonProps={{ 'aria-label': t('ui:close') }}
      styles={{ title: { fontWeight: 600, fontSize: 16 } }}
    >
      {made !== null ? (
        <RecoverySheet repositoryId={made} onKept={onClose} />
      ) : (
        <form
          className={classes.form}
          onSubmit={(event) => {
            event.preventDefault();
            if (ready) void add();
          }}
        >
          <PlaceKinds
            value={kind}
            onChange={(next) => {
              setKind(next);
              setPlace(null);
              setError(null);
            }}
          />
          {kind === 'local' ? (
            <PlaceChooser key={wish} wish={wish} sourceMountPoint={null} onWish={onWish} onChange={onPlace} />
          ) : (
            <RemotePlace key={kind} kind={kind} wish={wish} onWish={onWish} onChange={setPlace} />
          )}
          {place !== null && (
            <>
              <TextInput
                label={t('name')}
                value={name}
                onChange={(event) => setName(event.currentTarget.value)}
                maxLength={100}
              />
              <PasswordForm
                existing={wish === 'adopt'}
                error={wrong}
                onChange={(next) => {
                  setGiven(next);
                  setError(null);
                }}
              />
            </>
          )}
          {error !== null && wrong === undefined && <ErrorPanel error={error} />}
          <div className={classes.formFoot}>
            <Button variant="default" onClick={onClose}>
              {t('ui:cancel')}
            </Button>
            <Button type="submit" variant="filled" disabled={!ready} loading={working}>
              {t(wish === 'create' ? 'make' : 'open')}
            </Button>
          </div>
        </form>
      )}
    </Modal>
  );
}
