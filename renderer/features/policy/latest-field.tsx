import { Select, TextInput } from '@mantine/core';
import { type ReactNode, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import type { ActivitySchedule } from '../../../shared/domain/schedule/latest.ts';
import { NumberField } from './number-field.tsx';
import classes from './policy.module.css';
import { type PolicyProblem, problemOf, withLatestAt } from './policy-draft.ts';

/** When a run is made although nothing else asks for it: so long after the last, or at a time of day. */
export function LatestField({
  value,
  problems,
  usualEnd,
  onChange,
}: {
  readonly value: ActivitySchedule;
  readonly problems: readonly PolicyProblem[];
  /** A time of day at which its usual quiet ends; null: not known. */
  readonly usualEnd: string | null;
  readonly onChange: (value: ActivitySchedule) => void;
}): ReactNode {
  const { t } = useTranslation('policy');
  const lastTime = useRef(value.latestAt ?? usualEnd ?? '03:00');
  const { latestAt } = value;
  const tooShort = problemOf(problems, 'schedule.atLeastEveryHours') !== null;
  return (
    <div className={classes.latest}>
      <Select
        label={t('follow.latest')}
        w={176}
        allowDeselect={false}
        value={latestAt === undefined ? 'after' : 'at'}
        data={(['after', 'at'] as const).map((kind) => ({ value: kind, label: t(`follow.latestBy.${kind}`) }))}
        onChange={(kind) => onChange(withLatestAt(value, kind === 'at' ? lastTime.current : undefined))}
      />
      {latestAt === undefined ? (
        <NumberField
          label={t('follow.latestAfter')}
          hideLabel
          value={value.atLeastEveryHours}
          min={1}
          max={744}
          suffix={t('unit.hours')}
          error={tooShort ? t('follow.tooShort') : null}
          onChange={(atLeastEveryHours) => onChange({ ...value, atLeastEveryHours })}
        />
      ) : (
        <TextInput
          type="time"
          aria-label={t('follow.latestAt')}
          value={latestAt}
          error={problemOf(problems, 'schedule.latestAt') === null ? null : t('follow.noTime')}
          onChange={(event) => {
            const time = event.currentTarget.value;
            if (time !== '') lastTime.current = time;
            onChange(withLatestAt(value, time));
          }}
        />
      )}
    </div>
  );
}
