import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { RepositoryFacts } from '../repository-state.ts';
import classes from './page.module.css';
import { RepairStep } from './repair-step.tsx';

/** Repairs what a check found, a step at a time. Each step looks before it changes anything, and asks once. */
export function RepairSheet({ repository }: { readonly repository: RepositoryFacts }): ReactNode {
  const { t } = useTranslation('repository');
  return (
    <div className={classes.sheet}>
      <p>{t('repair.line')}</p>
      <p className={classes.caution}>{t('repair.first')}</p>
      <ol className={classes.steps}>
        {(['index', 'packs', 'snapshots'] as const).map((what) => (
          <RepairStep key={what} repository={repository} what={what} />
        ))}
      </ol>
      <p className={classes.quiet}>{t('repair.after')}</p>
    </div>
  );
}
