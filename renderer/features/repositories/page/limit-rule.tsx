import { Chip, NumberInput, Select, TextInput } from '@mantine/core';
import { IconX } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { type TimeWindow, weekdays } from '../../../../shared/domain/schedule/schedule.ts';
import { dateFormat } from '../../../ui/format/date-time.ts';
import { IconButton } from '../../../ui/icon-button.tsx';
import { Segmented } from '../../../ui/segmented.tsx';
import type { LimitDraft, LimitField } from './limit-plan.ts';
import styles from './limits.module.css';
import classes from './page.module.css';

const workHours: TimeWindow = { days: weekdays.slice(0, 5), from: '08:00', to: '18:00' };

/** One limit as a sentence of fields: which way, how fast, when. What is wrong stands at its field. */
export function LimitRule({
  n,
  draft,
  errors,
  onChange,
  onRemove,
}: {
  readonly n: number;
  readonly draft: LimitDraft;
  readonly errors: Partial<Record<LimitField, string>>;
  readonly onChange: (draft: LimitDraft) => void;
  readonly onRemove: () => void;
}): ReactNode {
  const { t } = useTranslation('repository');
  const { direction, amount, unit, window } = draft;
  const tooSlow = errors.amount === undefined ? null : errors.amount;
  return (
    <fieldset className={styles.rule}>
      <legend className="sp-visually-hidden">{t('limits.rule', { n })}</legend>
      <div className={styles.ruleFields}>
        <Segmented
          label={t('limits.direction')}
          value={direction}
          onChange={(value) => onChange({ ...draft, direction: value })}
          options={(['upload', 'download'] as const).map((value) => ({ value, label: t(`limits.${value}`) }))}
        />
        <NumberInput
          aria-label={t('limits.rate')}
          w={96}
          min={0}
          decimalScale={2}
          hideControls
          value={amount ?? ''}
          error={amount === null ? t('limits.rateMissing') : tooSlow}
          styles={{ error: { width: 240 } }}
          onChange={(value) => onChange({ ...draft, amount: typeof value === 'number' ? value : null })}
        />
        <Select
          aria-label={t('limits.unit')}
          w={104}
          allowDeselect={false}
          value={unit}
          data={(['KiB', 'MiB'] as const).map((value) => ({ value, label: `${value}/s` }))}
          onChange={(value) => onChange({ ...draft, unit: value === 'KiB' ? 'KiB' : 'MiB' })}
        />
        <Segmented
          label={t('limits.when')}
          value={window === null ? 'always' : 'hours'}
          onChange={(value) => onChange({ ...draft, window: value === 'always' ? null : workHours })}
          options={(['always', 'hours'] as const).map((value) => ({ value, label: t(`limits.${value}`) }))}
        />
        <span className={styles.ruleRemove}>
          <IconButton label={t('limits.remove', { n })} onClick={onRemove}>
            <IconX size={16} />
          </IconButton>
        </span>
      </div>
      {window !== null && (
        <WindowFields window={window} errors={errors} onChange={(next) => onChange({ ...draft, window: next })} />
      )}
    </fieldset>
  );
}

function WindowFields({
  window,
  errors,
  onChange,
}: {
  readonly window: TimeWindow;
  readonly errors: Partial<Record<LimitField, string>>;
  readonly onChange: (window: TimeWindow) => void;
}): ReactNode {
  const { t } = useTranslation('repository');
  const toggle = (day: (typeof weekdays)[number], chosen: boolean): void =>
    onChange({ ...window, days: weekdays.filter((other) => (other === day ? chosen : window.days.includes(other))) });
  return (
    <div className={styles.ruleFields}>
      <TextInput
        type="time"
        label={t('limits.from')}
        value={window.from}
        error={errors.from ?? null}
        onChange={(event) => onChange({ ...window, from: event.currentTarget.value })}
      />
      <TextInput
        type="time"
        label={t('limits.to')}
        value={window.to}
        error={errors.to ?? null}
        onChange={(event) => onChange({ ...window, to: event.currentTarget.value })}
      />
      <fieldset className={styles.days}>
        <legend>{t('limits.days')}</legend>
        <div className={styles.chips}>
          {weekdays.map((day, at) => (
            <Chip
              key={day}
              size="sm"
              variant="outline"
              classNames={{ label: styles.chip ?? '' }}
              checked={window.days.includes(day)}
              aria-label={dateFormat({ weekday: 'long' }).format(new Date(2024, 0, 1 + at, 12))}
              onChange={(chosen) => toggle(day, chosen)}
            >
              {dateFormat({ weekday: 'short' }).format(new Date(2024, 0, 1 + at, 12))}
            </Chip>
          ))}
        </div>
        {errors.days !== undefined && (
          <p className={styles.problem} role="alert">
            {t('limits.noDay')}
          </p>
        )}
      </fieldset>
      {window.to <= window.from && <p className={classes.quiet}>{t('limits.pastMidnight')}</p>}
    </div>
  );
}
