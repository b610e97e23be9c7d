import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { StillRules } from '../../../shared/domain/still-rules.ts';
import { Segmented } from '../../ui/segmented.tsx';
import { HooksField } from './hooks-field.tsx';
import { NumberField } from './number-field.tsx';
import classes from './policy.module.css';
import type { PolicyProblem } from './policy-draft.ts';
import { WindowsEditor } from './windows-editor.tsx';

const choices = ['hold', 'live'] as const;

/** When programs may be made to wait at all, whoever asked for the backup, and which are told before. */
export function StillEditor({
  value,
  problems,
  onChange,
}: {
  readonly value: StillRules;
  readonly problems: readonly PolicyProblem[];
  readonly onChange: (value: StillRules) => void;
}): ReactNode {
  const { t } = useTranslation('policy');
  const { waitSeconds, afterwards } = value.busyDisk;
  const options = choices.map((choice) => ({ value: choice, label: t(`holding.${choice}`) }));
  return (
    <>
      <fieldset className={classes.group}>
        <legend>{t('holding.title')}</legend>
        <p className={classes.quiet}>{t('holding.line')}</p>
        <div className={classes.pair}>
          <span aria-hidden="true">{t('holding.battery')}</span>
          <Segmented
            label={t('holding.battery')}
            value={value.onBattery}
            onChange={(onBattery) => onChange({ ...value, onBattery })}
            options={options}
          />
          <span aria-hidden="true">{t('holding.busyWait')}</span>
          <NumberField
            hideLabel
            label={t('holding.busyWait')}
            value={waitSeconds}
            min={0}
            max={600}
            suffix={t('unit.seconds')}
            onChange={(seconds) => onChange({ ...value, busyDisk: { waitSeconds: seconds, afterwards } })}
          />
          <span aria-hidden="true">{t('holding.busyThen')}</span>
          <Segmented
            label={t('holding.busyThen')}
            value={afterwards}
            onChange={(chosen) => onChange({ ...value, busyDisk: { waitSeconds, afterwards: chosen } })}
            options={options}
          />
        </div>
        <WindowsEditor
          value={value.windows}
          field="still.windows"
          wording="hold"
          problems={problems}
          onChange={(windows) => onChange({ ...value, windows })}
        />
      </fieldset>
      <HooksField value={value.hooks} onChange={(hooks) => onChange({ ...value, hooks })} />
    </>
  );
}
