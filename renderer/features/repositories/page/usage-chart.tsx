import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useStore } from '../../../state/store.ts';
import { formatBytes } from '../../../ui/format/bytes.ts';
import { dateFormat, formatDate } from '../../../ui/format/date-time.ts';
import { useNow } from '../../../ui/use-now.ts';
import type { RepositoryFacts } from '../repository-state.ts';
import chart from './chart.module.css';
import classes from './page.module.css';
import { type Addition, axisSteps, timeTicks, type UsageSeries, usageSeries } from './usage-series.ts';
import type { Measuring } from './use-measured.ts';

const width = 1000;
const height = 200;
const barsHeight = 44;
const month = 30 * 86_400_000;
/** Of less than a day no curve can be seen. */
const shortest = 86_400_000;
/** Fewer bars are no comparison. */
const fewestMonths = 3;

/** How a repository came to hold what it holds: exact where it was measured, else what backups said, and called so. */
export function UsageChart({
  repository,
  measured,
}: {
  readonly repository: RepositoryFacts;
  readonly measured: Measuring['measured'];
}): ReactNode {
  const { t } = useTranslation('repository');
  const lanes = useStore((state) => state.lanes);
  const now = useNow(60_000);
  const own = (lanes ?? []).flatMap(({ snapshots }) => snapshots.filter((mark) => mark.repositoryId === repository.id));
  const unknown = own.filter(({ newBytes }) => newBytes === null).length;
  const additions: Addition[] =
    measured === null
      ? own.flatMap(({ time, newBytes }) => (newBytes === null ? [] : [{ at: time, bytes: newBytes }]))
      : measured.statistics.snapshots.map(({ time, newBytes }) => ({ at: Date.parse(time), bytes: newBytes }));
  const series = usageSeries(additions, now);
  const line =
    measured === null
      ? [t('usage.estimated'), ...(unknown > 0 ? [t('usage.unknown', { count: unknown })] : [])].join(' ')
      : t('usage.measured');
  return (
    <section className={classes.section} aria-labelledby="usage-title">
      <div className={classes.sectionHead}>
        <h2 id="usage-title">{t('usage.title')}</h2>
        {series !== null && (
          <span className={classes.measureLine}>
            <span>
              <strong>{`+${formatBytes(lastMonth(additions, now))}`}</strong> {t('usage.lastMonth')}
            </span>
          </span>
        )}
      </div>
      {series === null || series.to - series.from < shortest ? (
        <p className={classes.quiet}>{t(series === null ? 'usage.none' : 'usage.young')}</p>
      ) : (
        <>
          <Chart series={series} recent={lastMonth(additions, now)} estimated={measured === null} />
          <p className={classes.quiet}>{line}</p>
          <MonthTable series={series} />
        </>
      )}
    </section>
  );
}

function lastMonth(additions: readonly Addition[], now: number): number {
  return additions.reduce((sum, { at, bytes }) => (at > now - month && at <= now ? sum + bytes : sum), 0);
}

function Chart({
  series,
  recent,
  estimated,
}: {
  readonly series: UsageSeries;
  readonly recent: number;
  readonly estimated: boolean;
}): ReactNode {
  const { t } = useTranslation('repository');
  const { from, to, total, points, months } = series;
  const steps = axisSteps(total);
  const top = Math.max(1, steps.at(-1) ?? 1);
  const span = Math.max(1, to - from);
  const x = (at: number): number => ((at - from) / span) * width;
  const y = (bytes: number): number => height - (bytes / top) * height;
  const path = points
    .map(
      ({ at, total: here }, n) =>
        `${n === 0 ? 'M' : `H${x(at).toFixed(1)}V`}${n === 0 ? `${x(at).toFixed(1)},` : ''}${y(here).toFixed(1)}`,
    )
    .join('');
  const most = Math.max(1, ...months.map(({ bytes }) => bytes));
  return (
    <div
      className={chart.chart}
      data-bars={months.length >= fewestMonths}
      role="img"
      aria-label={t('usage.chart', {
        total: formatBytes(total),
        from: formatDate(from),
        month: formatBytes(recent),
      })}
    >
      <div className={chart.yAxis} aria-hidden="true">
        {steps.map((step) => (
          <span key={step} style={{ bottom: `${(step / top) * 100}%` }}>
            {step === 0 ? '0' : formatBytes(step)}
          </span>
        ))}
      </div>
      <div className={chart.plot}>
        <svg viewBox={`0 0 ${width} ${height}`} preserveAspectRatio="none" aria-hidden="true" focusable="false">
          {steps.map((step) => (
            <line key={step} className={chart.gridLine} x1={0} x2={width} y1={y(step)} y2={y(step)} />
          ))}
          <path className={chart.area} d={`${path}V${height}H0Z`} />
          <path className={chart.curve} d={path} data-estimated={estimated} />
        </svg>
      </div>
      {months.length >= fewestMonths && (
        <div className={chart.bars} aria-hidden="true">
          {months.map(({ start, bytes }, n) => {
            const begin = Math.max(0, x(Math.max(start, from)));
            const end = Math.min(width, x(months[n + 1]?.start ?? to));
            return (
              <i
                key={start}
                title={`${monthName(start)}: ${formatBytes(bytes)}`}
                style={{
                  left: `${begin / 10}%`,
                  width: `max(2px, calc(${Math.max(0, end - begin) / 10}% - 2px))`,
                  height: bytes === 0 ? 0 : Math.max(2, (bytes / most) * barsHeight),
                }}
              />
            );
          })}
        </div>
      )}
      <div className={chart.xAxis} aria-hidden="true">
        {timeTicks(from, to).map(({ at, unit }) => (
          <span key={at} style={{ left: `${x(at) / 10}%` }}>
            {tickName(at, unit)}
          </span>
        ))}
      </div>
    </div>
  );
}

function tickName(at: number, unit: 'year' | 'month' | 'day'): string {
  if (unit === 'year') return dateFormat({ year: 'numeric' }).format(at);
  if (unit === 'day') return dateFormat({ day: 'numeric', month: 'short' }).format(at);
  const isJanuary = new Date(at).getMonth() === 0;
  return dateFormat(isJanuary ? { year: 'numeric' } : { month: 'short' }).format(at);
}

function monthName(at: number): string {
  return dateFormat({ month: 'short', year: 'numeric' }).format(at);
}

/** The same for whoever cannot see it, and for whoever wants the figures. */
function MonthTable({ series }: { readonly series: UsageSeries }): ReactNode {
  const { t } = useTranslation('repository');
  return (
    <details className={classes.more}>
      <summary>{t('usage.table')}</summary>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached without a mouse. */}
      <section className={chart.tableFrame} aria-label={t('usage.newTitle')} tabIndex={0}>
        <table className={chart.table}>
          <thead>
            <tr>
              <th scope="col">{t('usage.month')}</th>
              <th scope="col">{t('usage.added')}</th>
              <th scope="col">{t('usage.total')}</th>
            </tr>
          </thead>
          <tbody>
            {series.months.toReversed().map(({ start, bytes, total }) => (
              <tr key={start}>
                <th scope="row">{monthName(start)}</th>
                <td>{formatBytes(bytes)}</td>
                <td>{formatBytes(total)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </section>
    </details>
  );
}
