import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { RestorePlan } from '../../../shared/domain/restore.ts';
import { formatBytes } from '../../ui/format/bytes.ts';
import { formatNumber } from '../../ui/format/numbers.ts';
import { StatCard } from '../../ui/stat-card.tsx';
import { missingBytes, type PlanTally } from './plan-tally.ts';
import previewStyles from './preview.module.css';

/** The counts of a plan, each with a word of its own; a deletion is never only a colour. */
export function PlanCards({
  plan,
  tally,
  onShowDeletions,
}: {
  readonly plan: RestorePlan;
  readonly tally: PlanTally;
  readonly onShowDeletions: () => void;
}): ReactNode {
  const { t } = useTranslation('restore');
  const missing = missingBytes(plan, tally);
  return (
    <div className={previewStyles.cards}>
      <StatCard
        value={formatNumber(tally.replace)}
        label={t('cards.replaced')}
        tone={tally.replace > 0 ? 'accent' : 'plain'}
      />
      <StatCard value={formatNumber(tally.add)} label={t('cards.added')} tone={tally.add > 0 ? 'ok' : 'plain'} />
      {tally.metadata > 0 && <StatCard value={formatNumber(tally.metadata)} label={t('cards.metadata')} tone="plain" />}
      <StatCard
        value={formatNumber(tally.delete)}
        label={
          tally.delete > 0 ? (
            <button type="button" className={previewStyles.cardLink} onClick={onShowDeletions}>
              {t('cards.deletedShow')}
            </button>
          ) : (
            t('cards.deleted')
          )
        }
        tone={tally.delete > 0 ? 'bad' : 'plain'}
      />
      <StatCard value={formatNumber(tally.same)} label={t('cards.same')} />
      <StatCard
        value={formatBytes(tally.bytesToWrite)}
        label={
          missing > 0
            ? t('cards.missing', { missing: formatBytes(missing) })
            : plan.freeBytes === null
              ? t('cards.toWrite')
              : t('cards.toWriteFree', { free: formatBytes(plan.freeBytes) })
        }
        tone={missing > 0 ? 'bad' : 'plain'}
      />
    </div>
  );
}
