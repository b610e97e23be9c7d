import { Select } from '@mantine/core';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { Schedule } from '../../../shared/domain/schedule/schedule.ts';
import { NumberField } from './number-field.tsx';
import classes from './policy.module.css';

type Hourly = Extract<Schedule, { kind: 'hourly' }>;
const steps = [1, 2, 3, 4, 6, 8, 12] as const satisfies readonly Hourly['everyHours'][];

/** Every so many hours of the wall clock, at a minute of the hour. */
export function HourlyFields({
  value,
  onChange,
}: {
  readonly value: Hourly;
  readonly onChange: (value: Hourly) => void;
}): ReactNode {
  const { t } = useTranslation('policy');
  return (
    <div className={classes.fields}>
      <Select
        label={t('hourly.every')}
        w={180}
        allowDeselect={false}
        value={String(value.everyHours)}
        data={steps.map((step) => ({ value: String(step), label: t('when.hourly', { count: step }) }))}
        onChange={(chosen) => {
          const everyHours = steps.find((step) => String(step) === chosen);
          if (everyHours !== undefined) onChange({ ...value, everyHours });
        }}
      />
      <NumberField
        label={t('hourly.minute')}
        value={value.minute}
        min={0}
        max={59}
        onChange={(minute) => onChange({ ...value, minute })}
      />
    </div>
  );
}
