import { Button, TextInput } from '@mantine/core';
import { IconPlus, IconX } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { Schedule } from '../../../shared/domain/schedule/schedule.ts';
import { IconButton } from '../../ui/icon-button.tsx';
import { DaysField } from './days-field.tsx';
import classes from './policy.module.css';
import { type PolicyProblem, problemOf } from './policy-draft.ts';

type Daily = Extract<Schedule, { kind: 'daily' }>;

/** Times of day, and the days on which they count. */
export function DailyFields({
  value,
  problems,
  onChange,
}: {
  readonly value: Daily;
  readonly problems: readonly PolicyProblem[];
  readonly onChange: (value: Daily) => void;
}): ReactNode {
  const { t } = useTranslation('policy');
  const setTime = (at: number, time: string): void =>
    onChange({ ...value, at: value.at.map((other, index) => (index === at ? time : other)) });
  return (
    <div className={classes.stack}>
      <div className={classes.fields}>
        {value.at.map((time, at) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: a time being typed has no other name.
          <div key={at} className={classes.time}>
            <TextInput
              type="time"
              label={t('daily.time', { n: at + 1 })}
              value={time}
              required
              withAsterisk={false}
              error={problemOf(problems, `schedule.at.${at}`)}
              onChange={(event) => setTime(at, event.currentTarget.value)}
            />
            {value.at.length > 1 && (
              <IconButton
                label={t('daily.remove', { time })}
                size={26}
                onClick={() => onChange({ ...value, at: value.at.filter((_, index) => index !== at) })}
              >
                <IconX size={15} />
              </IconButton>
            )}
          </div>
        ))}
        <Button
          variant="default"
          leftSection={<IconPlus size={15} aria-hidden="true" />}
          disabled={value.at.length >= 24}
          onClick={() => onChange({ ...value, at: [...value.at, laterTime(value.at)] })}
        >
          {t('daily.add')}
        </Button>
      </div>
      <DaysField
        label={t('daily.days')}
        value={value.days}
        error={value.days.length === 0 ? t('days.none') : null}
        onChange={(days) => onChange({ ...value, days })}
      />
    </div>
  );
}

/** A few hours after the last, one that is not there yet. */
function laterTime(times: readonly string[]): string {
  const last = Number(times.toSorted().at(-1)?.slice(0, 2) ?? 12);
  for (let step = 4; step < 28; step += 1) {
    const time = `${String((last + step) % 24).padStart(2, '0')}:00`;
    if (!times.includes(time)) return time;
  }
  return '12:30';
}
