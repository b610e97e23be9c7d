import { Chip } from '@mantine/core';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { type Weekday, weekdays } from '../../../shared/domain/schedule/schedule.ts';
import { dayName, inOrder, weekend, workdays } from './clock-words.ts';
import classes from './policy.module.css';

const sets = { every: weekdays, workdays, weekend } as const;

/** Days of the week, each a switch, and the sets that people mean most. */
export function DaysField({
  label,
  value,
  error,
  onChange,
}: {
  readonly label: string;
  readonly value: readonly Weekday[];
  readonly error: string | null;
  readonly onChange: (days: Weekday[]) => void;
}): ReactNode {
  const { t } = useTranslation('policy');
  return (
    <fieldset className={classes.days}>
      <legend>{label}</legend>
      <div className={classes.chips}>
        {weekdays.map((day) => (
          <Chip
            key={day}
            size="sm"
            variant="outline"
            classNames={{ label: classes.chip ?? '' }}
            checked={value.includes(day)}
            aria-label={dayName(day, 'long')}
            onChange={(chosen) => onChange(inOrder(chosen ? [...value, day] : value.filter((other) => other !== day)))}
          >
            {dayName(day)}
          </Chip>
        ))}
      </div>
      <div className={classes.sets}>
        {(['every', 'workdays', 'weekend'] as const).map((name) => (
          <button key={name} type="button" className={classes.link} onClick={() => onChange([...sets[name]])}>
            {t(`days.${name}`)}
          </button>
        ))}
      </div>
      {error !== null && (
        <p className={classes.problem} role="alert">
          {error}
        </p>
      )}
    </fieldset>
  );
}
