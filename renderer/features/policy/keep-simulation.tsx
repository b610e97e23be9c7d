import { type ReactNode, useDeferredValue, useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import type { PolicyChoice } from '../../state/policy-parts.ts';
import { dateFormat } from '../../ui/format/date-time.ts';
import { KeepPicture } from './keep-picture.tsx';
import classes from './policy.module.css';
import { simulateKeep } from './simulate-keep.ts';
import { roughSpan } from './span-words.ts';

const day = 86_400_000;

/** For a source without snapshots: what there would be after a while of this schedule and these rules. */
export function KeepSimulation({ value }: { readonly value: PolicyChoice }): ReactNode {
  const { t } = useTranslation('policy');
  const { schedule, conditions, keep } = useDeferredValue(value);
  const result = useMemo(() => {
    const zone = dateFormat({}).resolvedOptions().timeZone;
    return simulateKeep(schedule, conditions, keep, Date.now(), zone);
  }, [schedule, conditions, keep]);
  if (result.runs === 0) return null;
  return (
    <section className={classes.plan} aria-label={t('plan.simulated')}>
      <p className={classes.planLine} aria-live="polite">
        {t('plan.after', { count: result.kept.length, days: Math.round(result.span / day), runs: result.runs })}
      </p>
      <KeepPicture
        now={0}
        snapshots={result.kept.map(({ age, rules }) => ({ at: -age, keep: true, rules, because: null }))}
        reach={(oldest) => t('picture.back', { span: roughSpan(-oldest) })}
      />
    </section>
  );
}
