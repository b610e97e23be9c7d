import { Radio } from '@mantine/core';
import { type ReactNode, useId, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { defaultLongestStallMs } from '../../../shared/domain/policy.ts';
import { defaultConditionRules, type Schedule } from '../../../shared/domain/schedule/schedule.ts';
import type { QuietRecord } from '../../../shared/ipc/schedule.ts';
import type { PolicyChoice } from '../../state/policy-parts.ts';
import { ConditionsEditor } from './conditions-editor.tsx';
import { DailyFields } from './daily-fields.tsx';
import { EjectField } from './eject-field.tsx';
import { FollowFields } from './follow-fields.tsx';
import { HourlyFields } from './hourly-fields.tsx';
import { LateField } from './late-field.tsx';
import classes from './policy.module.css';
import { type PolicyProblem, scheduleKinds, startSchedule } from './policy-draft.ts';
import { StallChoice } from './stall-choice.tsx';
import { StillEditor } from './still-editor.tsx';
import { isUsualStill } from './still-words.ts';

/** When a source is backed up, under which conditions, how long writers may wait, and when it is late. */
export function ScheduleEditor({
  value,
  problems,
  removable,
  quiet,
  onChange,
}: {
  readonly value: PolicyChoice;
  readonly problems: readonly PolicyProblem[];
  readonly removable: boolean;
  /** What is known of the source's quiet; null: not known yet. */
  readonly quiet: QuietRecord | null;
  readonly onChange: (value: PolicyChoice) => void;
}): ReactNode {
  const { t } = useTranslation('policy');
  const { schedule } = value;
  const [more, setMore] = useState(() => isUnusual(value));
  const moreId = useId();
  const known = useRef(new Map<string, Schedule>());
  const change = (next: Schedule): void => {
    known.current.set(schedule.kind, schedule);
    onChange({ ...value, schedule: next });
  };
  return (
    <div className={classes.editor}>
      <Radio.Group
        label={t('kind.title')}
        value={schedule.kind}
        onChange={(kind) => change(startSchedule(kind as Schedule['kind'], known.current))}
      >
        <div className={classes.kinds}>
          {scheduleKinds.map((kind) => (
            <div key={kind} className={classes.kind} data-chosen={kind === schedule.kind}>
              <Radio value={kind} label={t(`kind.${kind}`)} description={t(`kind.${kind}Line`)} />
              {kind === schedule.kind && kind !== 'manual' && (
                <div className={classes.kindFields}>
                  <KindFields schedule={schedule} problems={problems} quiet={quiet} onChange={change} />
                </div>
              )}
            </div>
          ))}
        </div>
      </Radio.Group>
      <div>
        <button
          type="button"
          className={classes.link}
          aria-expanded={more}
          aria-controls={moreId}
          onClick={() => setMore(!more)}
        >
          {t(more ? 'more.hide' : 'more.show')}
        </button>
      </div>
      <div id={moreId} hidden={!more} className={classes.more}>
        {schedule.kind !== 'manual' && (
          <ConditionsEditor
            value={value.conditions}
            problems={problems}
            onChange={(conditions) => onChange({ ...value, conditions })}
          />
        )}
        <StallChoice
          value={value.longestStallMs}
          onChange={(longestStallMs) => onChange({ ...value, longestStallMs })}
        />
        <StillEditor value={value.still} problems={problems} onChange={(still) => onChange({ ...value, still })} />
        <LateField value={value} onChange={onChange} />
        {removable && schedule.kind !== 'manual' && <EjectField value={value} onChange={onChange} />}
      </div>
    </div>
  );
}

/** What differs from the defaults is not hidden. */
function isUnusual({ conditions, still, longestStallMs, lateAfterHours }: PolicyChoice): boolean {
  const { onBattery, onMetered, windows } = conditions;
  return (
    windows.length > 0 ||
    onBattery !== defaultConditionRules.onBattery ||
    onMetered !== defaultConditionRules.onMetered ||
    longestStallMs !== defaultLongestStallMs ||
    !isUsualStill(still) ||
    lateAfterHours !== null
  );
}

function KindFields({
  schedule,
  problems,
  quiet,
  onChange,
}: {
  readonly schedule: Schedule;
  readonly problems: readonly PolicyProblem[];
  readonly quiet: QuietRecord | null;
  readonly onChange: (schedule: Schedule) => void;
}): ReactNode {
  switch (schedule.kind) {
    case 'hourly':
      return <HourlyFields value={schedule} onChange={onChange} />;
    case 'daily':
      return <DailyFields value={schedule} problems={problems} onChange={onChange} />;
    case 'quiet':
    case 'changes':
      return <FollowFields value={schedule} problems={problems} quiet={quiet} onChange={onChange} />;
    case 'manual':
      return null;
  }
}
