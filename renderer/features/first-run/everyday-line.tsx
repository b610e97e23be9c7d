import { IconCalendarTime } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { choiceOf, usePolicyParts } from '../../state/policy-parts.ts';
import classes from './first-run.module.css';

/** What goes on by itself from then on, in one sentence; nobody has to decide about it now. */
export function EverydayLine(): ReactNode {
  const { t } = useTranslation('first-run');
  const words = usePolicyParts().usePolicyWords()(choiceOf(null));
  return (
    <p className={classes.everyday}>
      <IconCalendarTime size={18} aria-hidden="true" />
      <span>{t('everyday', { ...words })}</span>
    </p>
  );
}
