import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { Schedule } from '../../../shared/domain/schedule/schedule.ts';
import { NumberField } from './number-field.tsx';
import classes from './policy.module.css';
import { type PolicyProblem, problemOf } from './policy-draft.ts';

type Follow = Extract<Schedule, { kind: 'quiet' | 'changes' }>;

/** Schedules that follow what happens in the source, within a shortest and a longest time between two runs. */
export function FollowFields({
  value,
  problems,
  onChange,
}: {
  readonly value: Follow;
  readonly problems: readonly PolicyProblem[];
  readonly onChange: (value: Follow) => void;
}): ReactNode {
  const { t } = useTranslation('policy');
  const tooShort = problemOf(problems, 'schedule.atLeastEveryHours') !== null;
  return (
    <div className={classes.fields}>
      {value.kind === 'quiet' ? (
        <NumberField
          label={t('follow.quiet')}
          value={value.quietMinutes}
          min={1}
          max={240}
          suffix={t('unit.minutes')}
          onChange={(quietMinutes) => onChange({ ...value, quietMinutes })}
        />
      ) : (
        <NumberField
          label={t('follow.changes')}
          value={value.changes}
          min={1}
          max={1_000_000}
          onChange={(changes) => onChange({ ...value, changes })}
        />
      )}
      <NumberField
        label={t('follow.least')}
        value={value.atMostEveryMinutes}
        min={15}
        max={10_080}
        suffix={t('unit.minutes')}
        onChange={(atMostEveryMinutes) => onChange({ ...value, atMostEveryMinutes })}
      />
      <NumberField
        label={t('follow.most')}
        value={value.atLeastEveryHours}
        min={1}
        max={744}
        suffix={t('unit.hours')}
        error={tooShort ? t('follow.tooShort') : null}
        onChange={(atLeastEveryHours) => onChange({ ...value, atLeastEveryHours })}
      />
    </div>
  );
}
