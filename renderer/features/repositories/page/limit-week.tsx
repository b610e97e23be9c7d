import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { type LineDirection, type LineLimits, limitText } from '../../../../shared/domain/line-limits.ts';
import { formatRate } from '../../../ui/format/bytes.ts';
import { dateFormat, formatTime } from '../../../ui/format/date-time.ts';
import { weekOf } from './limit-plan.ts';
import styles from './limits.module.css';
import classes from './page.module.css';

/** The week at a glance: a row for each day, a cell for each hour, the darker the slower. */
export function LimitWeek({
  limits,
  direction,
}: {
  readonly limits: LineLimits;
  readonly direction: LineDirection;
}): ReactNode {
  const { t } = useTranslation('repository');
  const week = weekOf(limits, direction);
  const rates = [...new Set(week.flat())].filter((rate) => rate !== null).toSorted((a, b) => a - b);
  const depth = (rate: number | null): number => (rate === null ? 0 : 3 - Math.min(2, rates.indexOf(rate)));
  const words = limits.filter((limit) => limit.direction === direction).map(limitText);
  return (
    <figure className={styles.week}>
      <figcaption className={classes.fieldName}>{t('limits.week', { direction: t(`limits.${direction}`) })}</figcaption>
      <div role="img" aria-label={words.join('; ')}>
        {week.map((hours, day) => {
          const name = dateFormat({ weekday: 'short' }).format(new Date(2024, 0, 1 + day, 12));
          return (
            <div key={name} className={styles.weekRow}>
              <span>{name}</span>
              {hours.map((rate, hour) => (
                <i
                  // biome-ignore lint/suspicious/noArrayIndexKey: an hour is its place.
                  key={hour}
                  data-depth={depth(rate)}
                  title={t('limits.hour', {
                    day: name,
                    hour: formatTime(new Date(2024, 0, 1, hour).getTime()),
                    rate: rate === null ? t('limits.most') : formatRate(rate),
                  })}
                />
              ))}
            </div>
          );
        })}
        <div className={styles.weekHours} aria-hidden="true">
          {[0, 6, 12, 18, 24].map((hour) => (
            <span key={hour} style={{ left: `${(hour / 24) * 100}%` }}>
              {formatTime(new Date(2024, 0, 1, hour).getTime())}
            </span>
          ))}
        </div>
      </div>
      <ul className={styles.weekKey} aria-hidden="true">
        <li>
          <i data-depth={0} /> {t('limits.most')}
        </li>
        {rates.toReversed().map((rate) => (
          <li key={rate}>
            <i data-depth={depth(rate)} /> {formatRate(rate)}
          </li>
        ))}
      </ul>
    </figure>
  );
}
