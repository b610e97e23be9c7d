import { Button } from '@mantine/core';
import { type ReactNode, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { defaultKeepRules, type KeepRules } from '../../../shared/domain/keep/rules.ts';
import { Notice } from '../../ui/notice.tsx';
import { CountField } from './count-field.tsx';
import { KeepAdvanced } from './keep-advanced.tsx';
import { keepsEverything, withins } from './keep-words.ts';
import classes from './policy.module.css';

/** How many snapshots are kept, the plain rules first. */
export function KeepEditor({
  value,
  onChange,
  onValid,
}: {
  readonly value: KeepRules;
  readonly onChange: (rules: KeepRules) => void;
  readonly onValid: (valid: boolean) => void;
}): ReactNode {
  const { t } = useTranslation('policy');
  const usesAdvanced =
    value.last !== 0 || value.weekly !== 0 || value.tags.length > 0 || withins.some((rule) => value[rule] !== null);
  const [advanced, setAdvanced] = useState(usesAdvanced);
  return (
    <div className={classes.editor}>
      {!keepsEverything(value) && <p className={classes.quiet}>{t('keep.how')}</p>}
      <div className={classes.counts}>
        {(['hourly', 'daily', 'monthly', 'yearly'] as const).map((rule) => (
          <CountField key={rule} rule={rule} value={value} onChange={onChange} />
        ))}
      </div>
      {keepsEverything(value) && (
        <Notice tone="info" title={t('keep.everythingTitle')}>
          {t('keep.everythingLine')}
        </Notice>
      )}
      <div className={classes.row}>
        <button type="button" className={classes.link} aria-expanded={advanced} onClick={() => setAdvanced(!advanced)}>
          {t(advanced ? 'keep.lessRules' : 'keep.moreRules')}
        </button>
        {JSON.stringify(value) !== JSON.stringify(defaultKeepRules) && (
          <Button variant="subtle" size="compact-sm" onClick={() => onChange(defaultKeepRules)}>
            {t('keep.asDefault')}
          </Button>
        )}
      </div>
      {advanced && <KeepAdvanced value={value} onChange={onChange} onValid={onValid} />}
    </div>
  );
}
