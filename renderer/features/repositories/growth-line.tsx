import { IconAlertTriangle, IconTrendingUp } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { formatBytes } from '../../ui/format/bytes.ts';
import { useNow } from '../../ui/use-now.ts';
import { growthOf, roughSpan } from './growth-words.ts';
import classes from './repositories.module.css';
import type { RepositoryFacts } from './repository-state.ts';

/** How fast it fills and when it will be full; a warning from thirty days before. */
export function GrowthLine({ repository }: { readonly repository: RepositoryFacts }): ReactNode {
  const { t } = useTranslation('repositories');
  const now = useNow(60_000);
  const growth = growthOf(repository, now);
  if (growth.kind !== 'growing') return null;
  const amount = t('growth.amount', { bytes: formatBytes(growth.bytesPerMonth) });
  const Icon = growth.soon ? IconAlertTriangle : IconTrendingUp;
  return (
    <p className={classes.growth} data-soon={growth.soon}>
      <Icon size={16} aria-hidden="true" />
      <span>
        {amount}
        {growth.daysLeft !== null && `, ${fullWords(growth.daysLeft, t)}`}
      </span>
    </p>
  );
}

function fullWords(days: number, t: ReturnType<typeof useTranslation<'repositories'>>['t']): string {
  if (days < 1) return t('growth.now');
  const { unit, count } = roughSpan(days);
  return t(`growth.full.${unit}`, { count });
}
