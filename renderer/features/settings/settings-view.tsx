import { Button, Select } from '@mantine/core';
import { type ReactNode, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { asStillpointError, type StillpointError } from '../../../shared/errors/index.ts';
import type { Settings } from '../../../shared/ipc/app.ts';
import { ask } from '../../state/ask.ts';
import { useStore } from '../../state/store.ts';
import { ErrorPanel } from '../../ui/error-panel.tsx';
import { KeyHint } from '../../ui/key-hint.tsx';
import { Notice } from '../../ui/notice.tsx';
import { Segmented } from '../../ui/segmented.tsx';
import { AlertsSection } from './alerts/alerts-section.tsx';
import { EverydaySection } from './everyday-section.tsx';
import { HelperSection } from './helper-section.tsx';
import classes from './settings.module.css';
import { shortcuts } from './shortcuts.ts';

/** Looks, rights, passwords, the index. */
export function SettingsView(): ReactNode {
  const { t } = useTranslation('settings');
  const [error, setError] = useState<StillpointError | null>(null);
  const info = useStore((state) => state.info);
  return (
    <div className={classes.view}>
      <h1>{t('title')}</h1>
      {error !== null && <ErrorPanel error={error} />}
      <Look onError={setError} />
      <EverydaySection />
      <HelperSection />
      <AlertsSection />
      <Secrets />
      <Catalog />
      <section className={classes.section}>
        <h2>{t('keys.title')}</h2>
        <dl className={classes.keys}>
          {shortcuts.map(([name, keys]) => (
            <div key={name}>
              <dt>{t(`keys.${name}`)}</dt>
              <dd>
                {keys.split(' ').map((key) => (
                  <KeyHint key={key} keys={key} />
                ))}
              </dd>
            </div>
          ))}
        </dl>
      </section>
      {info !== null && (
        <section className={classes.section}>
          <h2>{t('about.title')}</h2>
          <p>{t('about.version', { version: info.version, host: info.hostname })}</p>
          <p className={classes.quiet}>{t('about.format')}</p>
        </section>
      )}
    </div>
  );
}

function Look({ onError }: { readonly onError: (error: StillpointError | null) => void }): ReactNode {
  const { t } = useTranslation('settings');
  const settings = useStore((state) => state.settings);
  const changeSettings = useStore((state) => state.changeSettings);
  const change = (patch: Partial<Omit<Settings, 'version'>>): void => {
    onError(null);
    changeSettings(patch).catch((thrown: unknown) => onError(asStillpointError(thrown)));
  };
  if (settings === null) return null;
  return (
    <section className={classes.section}>
      <h2>{t('look')}</h2>
      <div className={classes.field}>
        <span aria-hidden="true">{t('theme')}</span>
        <Segmented
          label={t('theme')}
          value={settings.theme}
          onChange={(theme) => change({ theme })}
          options={(['system', 'light', 'dark'] as const).map((value) => ({ value, label: t(`themes.${value}`) }))}
        />
      </div>
      <Select
        className={classes.select ?? ''}
        label={t('language')}
        description={t('languageHint')}
        allowDeselect={false}
        value={settings.language}
        onChange={(language) => language !== null && change({ language: language as Settings['language'] })}
        data={(['system', 'en'] as const).map((value) => ({ value, label: t(`languages.${value}`) }))}
      />
    </section>
  );
}

function Secrets(): ReactNode {
  const { t } = useTranslation('settings');
  const store = useStore((state) => state.info?.secretStore);
  if (store === undefined) return null;
  return (
    <section className={classes.section}>
      <h2>{t('secrets.title')}</h2>
      {store.available ? (
        <p>{t('secrets.available')}</p>
      ) : (
        <Notice tone="warn" title={t('secrets.missing')}>
          {t('secrets.missingText')}
        </Notice>
      )}
    </section>
  );
}

function Catalog(): ReactNode {
  const { t } = useTranslation('settings');
  const [state, setState] = useState<'idle' | 'working' | { readonly snapshots: number }>('idle');
  const [error, setError] = useState<StillpointError | null>(null);
  const rebuild = (): void => {
    setState('working');
    setError(null);
    ask('catalog.rebuild', {}).then(setState, (thrown: unknown) => {
      setError(asStillpointError(thrown));
      setState('idle');
    });
  };
  return (
    <section className={classes.section}>
      <h2>{t('catalog.title')}</h2>
      <p>{t('catalog.text')}</p>
      {error !== null && <ErrorPanel error={error} onRetry={rebuild} />}
      <div className={classes.row} role="status">
        <Button variant="default" loading={state === 'working'} onClick={rebuild}>
          {t('catalog.rebuild')}
        </Button>
        {typeof state === 'object' && <span>{t('catalog.rebuilt', { count: state.snapshots })}</span>}
      </div>
    </section>
  );
}
