import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { Lane } from '../../../shared/ipc/timeline.ts';
import { formatDay, formatTime } from '../../ui/format/date-time.ts';
import { useNow } from '../../ui/use-now.ts';
import classes from './source-rail.module.css';

const shown = 5;

/** Runs that were planned and not made, the newest first, each stretch with its reason. */
export function MissedRuns({ missed }: { readonly missed: Lane['missed'] }): ReactNode {
  const { t } = useTranslation('source-rail');
  const now = useNow(60_000);
  if (missed.length === 0) return null;
  const newest = missed.toSorted((a, b) => b.to - a.to);
  return (
    <section className={classes.missed}>
      <h3>{t('missed.title')}</h3>
      <ul>
        {newest.slice(0, shown).map(({ from, to, runs, text }) => (
          <li key={`${from} ${to}`}>
            <span>{spanOf(from, to, now)}</span>
            {t('missed.runs', { count: runs, why: text })}
          </li>
        ))}
      </ul>
      {newest.length > shown && <p>{t('missed.more', { count: newest.length - shown })}</p>}
    </section>
  );
}

/** The day and the times, the second day only where it is another. */
export function spanOf(from: number, to: number, now: number): string {
  const [first, last] = [formatDay(from, now), formatDay(to, now)];
  if (from === to) return `${first}, ${formatTime(from)}`;
  if (first === last) return `${first}, ${formatTime(from)} – ${formatTime(to)}`;
  return `${first}, ${formatTime(from)} – ${last}, ${formatTime(to)}`;
}
