import { Button, TextInput } from '@mantine/core';
import { IconPlus, IconX } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { type ConditionRules, type TimeWindow, weekdays } from '../../../shared/domain/schedule/schedule.ts';
import { IconButton } from '../../ui/icon-button.tsx';
import { Segmented } from '../../ui/segmented.tsx';
import { DaysField } from './days-field.tsx';
import classes from './policy.module.css';
import { type PolicyProblem, problemOf } from './policy-draft.ts';
import { windowWords } from './schedule-words.ts';

/** What a scheduled run waits for. A click on *Back up now* waits for none of it. */
export function ConditionsEditor({
  value,
  problems,
  onChange,
}: {
  readonly value: ConditionRules;
  readonly problems: readonly PolicyProblem[];
  readonly onChange: (value: ConditionRules) => void;
}): ReactNode {
  const { t } = useTranslation('policy');
  const setWindow = (at: number, window: TimeWindow): void =>
    onChange({ ...value, windows: value.windows.map((other, index) => (index === at ? window : other)) });
  return (
    <fieldset className={classes.group}>
      <legend>{t('conditions.title')}</legend>
      <div className={classes.pair}>
        <span aria-hidden="true">{t('conditions.battery')}</span>
        <Segmented
          label={t('conditions.battery')}
          value={value.onBattery}
          onChange={(onBattery) => onChange({ ...value, onBattery })}
          options={(['as-usual', 'daily', 'wait'] as const).map((option) => ({
            value: option,
            label: t(`conditions.onBattery.${option}`),
          }))}
        />
        <span aria-hidden="true">{t('conditions.metered')}</span>
        <Segmented
          label={t('conditions.metered')}
          value={value.onMetered}
          onChange={(onMetered) => onChange({ ...value, onMetered })}
          options={(['run', 'wait'] as const).map((option) => ({
            value: option,
            label: t(`conditions.onMetered.${option}`),
          }))}
        />
      </div>
      <p className={classes.quiet}>{t('conditions.meteredLine')}</p>
      {value.windows.map((window, at) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a window being edited has no other name.
        <fieldset key={at} className={classes.window}>
          <legend className="sp-visually-hidden">{t('conditions.window', { n: at + 1 })}</legend>
          <div className={classes.fields}>
            <TextInput
              type="time"
              label={t('conditions.from')}
              value={window.from}
              error={problemOf(problems, `conditions.windows.${at}.from`)}
              onChange={(event) => setWindow(at, { ...window, from: event.currentTarget.value })}
            />
            <TextInput
              type="time"
              label={t('conditions.to')}
              value={window.to}
              error={problemOf(problems, `conditions.windows.${at}.to`)}
              onChange={(event) => setWindow(at, { ...window, to: event.currentTarget.value })}
            />
            <span className={classes.windowRemove}>
              <IconButton
                label={t('conditions.removeWindow', { window: windowWords(window, t) })}
                onClick={() => onChange({ ...value, windows: value.windows.filter((_, index) => index !== at) })}
              >
                <IconX size={16} />
              </IconButton>
            </span>
          </div>
          <DaysField
            label={t('conditions.days')}
            value={window.days}
            error={window.days.length === 0 ? t('days.none') : null}
            onChange={(days) => setWindow(at, { ...window, days })}
          />
          {window.to <= window.from && <p className={classes.quiet}>{t('conditions.pastMidnight')}</p>}
        </fieldset>
      ))}
      <div>
        <Button
          variant="default"
          size="xs"
          leftSection={<IconPlus size={15} aria-hidden="true" />}
          disabled={value.windows.length >= 20}
          onClick={() =>
            onChange({ ...value, windows: [...value.windows, { days: [...weekdays], from: '22:00', to: '06:00' }] })
          }
        >
          {t(value.windows.length === 0 ? 'conditions.addWindow' : 'conditions.addAnother')}
        </Button>
      </div>
    </fieldset>
  );
}
