import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { PolicyChoice } from '../../state/policy-parts.ts';
import { Segmented } from '../../ui/segmented.tsx';
import { NumberField } from './number-field.tsx';
import classes from './policy.module.css';

/** MiB a second that a program which saves all the time hardly notices. */
const gentle = 20;

/** How fast is read while programs go on writing. */
export function ReadLimitField({
  value,
  onChange,
}: {
  readonly value: PolicyChoice['liveReadMiBps'];
  readonly onChange: (value: PolicyChoice['liveReadMiBps']) => void;
}): ReactNode {
  const { t } = useTranslation('policy');
  return (
    <fieldset className={classes.group}>
      <legend>{t('readLimit.title')}</legend>
      <div className={classes.row}>
        <Segmented
          label={t('readLimit.title')}
          value={value === null ? 'free' : 'limited'}
          onChange={(choice) => onChange(choice === 'free' ? null : gentle)}
          options={(['free', 'limited'] as const).map((option) => ({
            value: option,
            label: t(`readLimit.${option}`),
          }))}
        />
        {value !== null && (
          <NumberField
            hideLabel
            label={t('readLimit.most')}
            value={value}
            min={1}
            max={100_000}
            suffix={t('unit.mibPerSecond')}
            onChange={onChange}
          />
        )}
      </div>
      <p className={classes.quiet}>{t(value === null ? 'readLimit.freeLine' : 'readLimit.limitedLine')}</p>
    </fieldset>
  );
}
