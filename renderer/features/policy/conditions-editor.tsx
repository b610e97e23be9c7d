import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { ConditionRules } from '../../../shared/domain/schedule/schedule.ts';
import { Segmented } from '../../ui/segmented.tsx';
import classes from './policy.module.css';
import type { PolicyProblem } from './policy-draft.ts';
import { WindowsEditor } from './windows-editor.tsx';

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
      <WindowsEditor
        value={value.windows}
        field="conditions.windows"
        wording="conditions"
        problems={problems}
        onChange={(windows) => onChange({ ...value, windows })}
      />
    </fieldset>
  );
}
