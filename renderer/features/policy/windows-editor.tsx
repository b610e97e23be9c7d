import { Button, TextInput } from '@mantine/core';
import { IconPlus, IconX } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { type TimeWindow, weekdays } from '../../../shared/domain/schedule/schedule.ts';
import { IconButton } from '../../ui/icon-button.tsx';
import { DaysField } from './days-field.tsx';
import classes from './policy.module.css';
import { type PolicyProblem, problemOf } from './policy-draft.ts';
import { windowWords } from './schedule-words.ts';

const mostWindows = 20;

/** Times of day, on some days or all. None: always. */
export function WindowsEditor({
  value,
  field,
  wording,
  problems,
  onChange,
}: {
  readonly value: readonly TimeWindow[];
  /** The part of the policy: `conditions.windows`. */
  readonly field: string;
  /** What the times are for. */
  readonly wording: 'conditions' | 'hold';
  readonly problems: readonly PolicyProblem[];
  readonly onChange: (value: TimeWindow[]) => void;
}): ReactNode {
  const { t } = useTranslation('policy');
  const setWindow = (at: number, window: TimeWindow): void =>
    onChange(value.map((other, index) => (index === at ? window : other)));
  return (
    <>
      {value.map((window, at) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a window being edited has no other name.
        <fieldset key={at} className={classes.window}>
          <legend className="sp-visually-hidden">{t(`windows.${wording}.window`, { n: at + 1 })}</legend>
          <div className={classes.fields}>
            <TextInput
              type="time"
              label={t('windows.from')}
              value={window.from}
              error={problemOf(problems, `${field}.${at}.from`)}
              onChange={(event) => setWindow(at, { ...window, from: event.currentTarget.value })}
            />
            <TextInput
              type="time"
              label={t('windows.to')}
              value={window.to}
              error={problemOf(problems, `${field}.${at}.to`)}
              onChange={(event) => setWindow(at, { ...window, to: event.currentTarget.value })}
            />
            <span className={classes.windowRemove}>
              <IconButton
                label={t('windows.remove', { window: windowWords(window, t) })}
                onClick={() => onChange(value.filter((_, index) => index !== at))}
              >
                <IconX size={16} />
              </IconButton>
            </span>
          </div>
          <DaysField
            label={t('windows.days')}
            value={window.days}
            error={window.days.length === 0 ? t('days.none') : null}
            onChange={(days) => setWindow(at, { ...window, days })}
          />
          {window.to <= window.from && <p className={classes.quiet}>{t('windows.pastMidnight')}</p>}
        </fieldset>
      ))}
      <div>
        <Button
          variant="default"
          size="xs"
          leftSection={<IconPlus size={15} aria-hidden="true" />}
          disabled={value.length >= mostWindows}
          onClick={() => onChange([...value, { days: [...weekdays], from: '22:00', to: '06:00' }])}
        >
          {t(`windows.${wording}.${value.length === 0 ? 'add' : 'another'}`)}
        </Button>
      </div>
    </>
  );
}
