import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { lateAt } from '../../../shared/domain/schedule/late.ts';
import type { PolicyChoice } from '../../state/policy-parts.ts';
import { Segmented } from '../../ui/segmented.tsx';
import { NumberField } from './number-field.tsx';
import classes from './policy.module.css';
import { spanWords } from './span-words.ts';

const hour = 3_600_000;

/** At which age of the last good snapshot somebody is told. */
export function LateField({
  value,
  onChange,
}: {
  readonly value: PolicyChoice;
  readonly onChange: (value: PolicyChoice) => void;
}): ReactNode {
  const { t } = useTranslation('policy');
  const worked = workedOut(value);
  const own = value.lateAfterHours;
  return (
    <fieldset className={classes.group}>
      <legend>{t('late.title')}</legend>
      <div className={classes.row}>
        <Segmented
          label={t('late.title')}
          value={own === null ? 'auto' : 'own'}
          onChange={(choice) => onChange({ ...value, lateAfterHours: choice === 'auto' ? null : (worked ?? 24) })}
          options={(['auto', 'own'] as const).map((option) => ({ value: option, label: t(`late.${option}`) }))}
        />
        {own !== null && (
          <NumberField
            hideLabel
            label={t('late.hours')}
            value={own}
            min={1}
            max={8784}
            suffix={t('unit.hours')}
            onChange={(lateAfterHours) => onChange({ ...value, lateAfterHours })}
          />
        )}
      </div>
      <p className={classes.quiet}>
        {own === null && worked === null
          ? t('late.never')
          : t('late.line', { span: spanWords((own ?? worked ?? 24) * 60) })}
      </p>
    </fieldset>
  );
}

/** Hours after which it would be late by its schedule; null: never. */
function workedOut({ schedule, conditions }: PolicyChoice): number | null {
  const at = lateAt({ schedule, conditions, lateAfterHours: null, lastGoodAt: 0, since: 0, now: 0 });
  return at === null ? null : Math.max(1, Math.round(at / hour));
}
