import { Loader } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { SourceId } from '../../../shared/domain/ids.ts';
import type { KeepPlan } from '../../../shared/domain/keep/plan.ts';
import type { KeepRules } from '../../../shared/domain/keep/rules.ts';
import { instantToMs } from '../../../shared/domain/time.ts';
import { useAnswer } from '../../state/use-answer.ts';
import { ErrorPanel } from '../../ui/error-panel.tsx';
import { formatDate, formatDateTime, formatDay, formatTime } from '../../ui/format/date-time.ts';
import { useNow } from '../../ui/use-now.ts';
import { KeepPicture } from './keep-picture.tsx';
import classes from './policy.module.css';

const listedAtOnce = 100;

/** What the rules would keep and delete of the snapshots that are there, before anything is saved. */
export function KeepPreview({
  sourceId,
  rules,
}: {
  readonly sourceId: SourceId;
  readonly rules: KeepRules;
}): ReactNode {
  const { t } = useTranslation('policy');
  const now = useNow(60_000);
  const [settled] = useDebouncedValue(rules, 300);
  const { value, error, loading, reload } = useAnswer('keep.plan', { sourceId, rules: settled });
  if (error !== null) return <ErrorPanel error={error} onRetry={reload} />;
  if (value === null) {
    return (
      <p className={classes.quiet} role="status">
        <Loader size="xs" aria-hidden="true" /> {t('plan.looking')}
      </p>
    );
  }
  if (value.snapshots.length === 0) return <p className={classes.quiet}>{t('plan.none')}</p>;
  const going = value.snapshots.filter(({ keep }) => !keep);
  const next = nextToGo(value);
  return (
    <section className={classes.plan} aria-label={t('plan.title')} aria-busy={loading}>
      <p className={classes.planLine} aria-live="polite">
        <strong>{t('plan.kept', { count: value.keeping })}</strong>{' '}
        {value.going === 0 ? t('plan.goesNone') : t('plan.goes', { count: value.going })}{' '}
      </p>
      <KeepPicture
        now={now}
        snapshots={value.snapshots.map(({ time, keep, rules, because }) => ({
          at: instantToMs(time),
          ...{ keep, rules, because },
        }))}
        reach={(oldest) => t('picture.backTo', { day: formatDate(oldest) })}
      />
      {going.length > 0 && (
        <details className={classes.going}>
          <summary>{t('plan.list', { count: going.length })}</summary>
          <ul>
            {going.slice(0, listedAtOnce).map((snapshot) => (
              <li key={snapshot.id}>{moment(instantToMs(snapshot.time), now)}</li>
            ))}
            {going.length > listedAtOnce && <li>{t('plan.listMore', { count: going.length - listedAtOnce })}</li>}
          </ul>
        </details>
      )}
      <p className={classes.quiet}>
        {next !== null && t('plan.next', { snapshot: formatDateTime(next.time), day: formatDate(next.goesAt) })}{' '}
        {t('plan.never')}
      </p>
    </section>
  );
}

/** The kept snapshot that goes first if runs go on as planned. */
function nextToGo(plan: KeepPlan): { readonly time: number; readonly goesAt: number } | null {
  const dated = plan.snapshots.flatMap(({ time, goesAt }) =>
    goesAt === null ? [] : [{ time: instantToMs(time), goesAt: instantToMs(goesAt) }],
  );
  return dated.sort((a, b) => a.goesAt - b.goesAt)[0] ?? null;
}

function moment(time: number, now: number): string {
  return `${formatDay(time, now)}, ${formatTime(time)}`;
}
