import { Button, Radio } from '@mantine/core';
import { IconFileCertificate } from '@tabler/icons-react';
import { type ReactNode, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { RepositoryId } from '../../../shared/domain/ids.ts';
import { asStillpointError, type StillpointError } from '../../../shared/errors/index.ts';
import { ask } from '../../state/ask.ts';
import { announce } from '../../ui/announce.ts';
import { ErrorPanel } from '../../ui/error-panel.tsx';
import { Notice } from '../../ui/notice.tsx';
import classes from './repositories.module.css';
import { isKept, type KeepingPlace, keepingPlaces } from './sheet-keeping.ts';

/** Makes the recovery sheet, and asks once where it will be kept: a sheet on this computer is lost with it. */
export function RecoverySheet({
  repositoryId,
  onKept,
}: {
  readonly repositoryId: RepositoryId;
  /** The sheet was saved and has a place. */
  readonly onKept: () => void;
}): ReactNode {
  const { t } = useTranslation('repositories');
  const [path, setPath] = useState<string | null>(null);
  const [place, setPlace] = useState<KeepingPlace | null>(null);
  const [making, setMaking] = useState(false);
  const [error, setError] = useState<StillpointError | null>(null);

  const make = async (): Promise<void> => {
    setMaking(true);
    setError(null);
    try {
      const sheet = await ask('recovery.sheet', { repositoryId });
      if (sheet.path !== null) {
        setPath(sheet.path);
        announce(t('sheet.saved', { path: sheet.path }));
      }
    } catch (thrown) {
      setError(asStillpointError(thrown));
    } finally {
      setMaking(false);
    }
  };

  return (
    <div className={classes.sheet}>
      <p>{t('sheet.what')}</p>
      <p>
        <strong>{t('sheet.nobody')}</strong>
      </p>
      {error !== null && <ErrorPanel error={error} />}
      <div>
        <Button
          variant={path === null ? 'filled' : 'default'}
          leftSection={<IconFileCertificate size={17} aria-hidden="true" />}
          loading={making}
          onClick={() => void make()}
        >
          {t(path === null ? 'sheet.make' : 'sheet.makeAgain')}
        </Button>
      </div>
      {path !== null && (
        <>
          <Notice tone="ok" title={t('sheet.saved', { path })}>
            {t('sheet.savedLine')}
          </Notice>
          <Radio.Group
            label={t('sheet.where')}
            value={place ?? ''}
            onChange={(value) => setPlace(keepingPlaces.find((known) => known === value) ?? null)}
          >
            <div className={classes.keeping}>
              {keepingPlaces.map((known) => (
                <Radio key={known} value={known} label={t(`sheet.place.${known}`)} />
              ))}
            </div>
          </Radio.Group>
          {place === 'here' && (
            <Notice tone="warn" live title={t('sheet.here')}>
              {t('sheet.hereLine')}
            </Notice>
          )}
          <div>
            <Button variant="filled" disabled={place === null || !isKept(place)} onClick={onKept}>
              {t('sheet.kept')}
            </Button>
          </div>
        </>
      )}
    </div>
  );
}
