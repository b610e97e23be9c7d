import { Checkbox } from '@mantine/core';
import { type ReactNode, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { KeepRules } from '../../../shared/domain/keep/rules.ts';
import type { CountRule } from './keep-words.ts';
import { NumberField } from './number-field.tsx';
import classes from './policy.module.css';

/** How many of a kind: a number, or all of them. */
export function CountField({
  rule,
  value,
  onChange,
}: {
  readonly rule: CountRule;
  readonly value: KeepRules;
  readonly onChange: (rules: KeepRules) => void;
}): ReactNode {
  const { t } = useTranslation('policy');
  const count = value[rule];
  // The number that comes back when *all* is taken away again.
  const [before, setBefore] = useState(count === 'all' ? 10 : count);
  return (
    <div className={classes.count}>
      <NumberField
        label={t(`keep.label.${rule}`)}
        value={count === 'all' ? before : count}
        min={0}
        max={100_000}
        disabled={count === 'all'}
        onChange={(number) => {
          setBefore(number);
          onChange({ ...value, [rule]: number });
        }}
      />
      <Checkbox
        size="xs"
        label={t('keep.allOfThem')}
        aria-label={t('keep.allOf', { rule: t(`keep.label.${rule}`) })}
        checked={count === 'all'}
        onChange={(event) => onChange({ ...value, [rule]: event.currentTarget.checked ? 'all' : before })}
      />
    </div>
  );
}
