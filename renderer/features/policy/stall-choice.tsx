import { Radio } from '@mantine/core';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { defaultLongestStallMs } from '../../../shared/domain/policy.ts';
import { formatDuration } from '../../ui/format/duration.ts';
import classes from './policy.module.css';

/** Pauses people can choose between, milliseconds. */
const stallChoices = [20, defaultLongestStallMs, 1_000, 10_000] as const;

/** The longest pause writers may be asked to accept, in words that say what one would notice. */
export function StallChoice({
  value,
  onChange,
}: {
  readonly value: number;
  readonly onChange: (ms: number) => void;
}): ReactNode {
  const { t } = useTranslation('policy');
  const choices = [...new Set([...stallChoices, value])].sort((a, b) => a - b);
  return (
    <Radio.Group
      label={t('stall.title')}
      description={t('stall.line')}
      value={String(value)}
      onChange={(chosen) => onChange(Number(chosen))}
    >
      <div className={classes.stalls}>
        {choices.map((ms) => (
          <Radio
            key={ms}
            value={String(ms)}
            label={formatDuration(ms)}
            description={t(`stall.words.${ms}`, { defaultValue: '' })}
          />
        ))}
      </div>
    </Radio.Group>
  );
}
