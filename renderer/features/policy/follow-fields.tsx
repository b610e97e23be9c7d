import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { ActivitySchedule } from '../../../shared/domain/schedule/latest.ts';
import type { QuietRecord } from '../../../shared/ipc/schedule.ts';
import { LatestField } from './latest-field.tsx';
import { NumberField } from './number-field.tsx';
import classes from './policy.module.css';
import type { PolicyProblem } from './policy-draft.ts';
import { QuietNote } from './quiet-note.tsx';

/** Schedules that follow what happens in the source, within a shortest and a longest time between two runs. */
export function FollowFields({
  value,
  problems,
  quiet,
  onChange,
}: {
  readonly value: ActivitySchedule;
  readonly problems: readonly PolicyProblem[];
  /** Null: not known yet. */
  readonly quiet: QuietRecord | null;
  readonly onChange: (value: ActivitySchedule) => void;
}): ReactNode {
  const { t } = useTranslation('policy');
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
      <LatestField value={value} problems={problems} usualEnd={usualEnd(quiet)} onChange={onChange} />
      {value.kind === 'quiet' && quiet !== null && <QuietNote quiet={quiet} />}
    </div>
  );
}

function usualEnd(quiet: QuietRecord | null): string | null {
  const minutes = quiet?.usual?.toMinute;
  if (minutes === undefined || minutes === 1440) return null;
  return `${String(Math.floor(minutes / 60)).padStart(2, '0')}:${String(minutes % 60).padStart(2, '0')}`;
}
