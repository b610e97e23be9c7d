import { Switch } from '@mantine/core';
import { type ReactNode, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { asStillpointError, type StillpointError } from '../../../shared/errors/index.ts';
import type { Settings } from '../../../shared/ipc/app.ts';
import { useStore } from '../../state/store.ts';
import { ErrorPanel } from '../../ui/error-panel.tsx';
import { Notice } from '../../ui/notice.tsx';
import { Segmented } from '../../ui/segmented.tsx';
import { PauseRow } from './pause-row.tsx';
import classes from './settings.module.css';

type Closing = 'auto' | 'keep' | 'quit';
const closings: Readonly<Record<Closing, Settings['keepRunning']>> = { auto: null, keep: true, quit: false };

/** The switch at the end of its row, where the other choices stand too. */
const switchRow = { root: classes.switch ?? '', body: classes.switchBody ?? '' };

/** What Stillpoint does by itself: begin at login, go on without a window, speak up, pause. */
export function EverydaySection(): ReactNode {
  const { t } = useTranslation('settings');
  const settings = useStore((state) => state.settings);
  const schedule = useStore((state) => state.schedule);
  const changeSettings = useStore((state) => state.changeSettings);
  const refreshSchedule = useStore((state) => state.refreshSchedule);
  const [error, setError] = useState<StillpointError | null>(null);
  if (settings === null) return null;
  const change = (patch: Partial<Omit<Settings, 'version'>>): void => {
    setError(null);
    changeSettings(patch)
      .then(refreshSchedule)
      .catch((thrown: unknown) => setError(asStillpointError(thrown)));
  };
  const closing: Closing = settings.keepRunning === null ? 'auto' : settings.keepRunning ? 'keep' : 'quit';
  return (
    <section className={classes.section}>
      <h2>{t('everyday.title')}</h2>
      {error !== null && <ErrorPanel error={error} />}
      <PauseRow />
      <Switch
        labelPosition="left"
        classNames={switchRow}
        label={t('everyday.atLogin')}
        description={t('everyday.atLoginLine')}
        checked={settings.startAtLogin ?? schedule?.startsAtLogin ?? false}
        onChange={(event) => change({ startAtLogin: event.currentTarget.checked })}
      />
      <div className={classes.field}>
        <span>
          <span aria-hidden="true">{t('everyday.closing')}</span>
          <span className={classes.hint}>{t(`everyday.closingLine.${closing}`)}</span>
        </span>
        <Segmented
          label={t('everyday.closing')}
          value={closing}
          onChange={(next) => change({ keepRunning: closings[next] })}
          options={(['auto', 'keep', 'quit'] as const).map((value) => ({
            value,
            label: t(`everyday.closings.${value}`),
          }))}
        />
      </div>
      {schedule?.tray === false && (
        <Notice tone="info" title={t('everyday.noTray')}>
          {t('everyday.noTrayLine')}
        </Notice>
      )}
      <Switch
        labelPosition="left"
        classNames={switchRow}
        label={t('everyday.success')}
        description={t('everyday.successLine')}
        checked={settings.notifySuccess}
        onChange={(event) => change({ notifySuccess: event.currentTarget.checked })}
      />
    </section>
  );
}
