import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { RunView } from '../../../shared/ipc/runs.ts';
import { formatDuration } from '../../ui/format/duration.ts';
import classes from './details.module.css';
import { type WaterfallRow, waterfallOf } from './facts/waterfall.ts';

/** The phases of the run to one scale. */
export function HowTaken({ run }: { readonly run: RunView }): ReactNode {
  const { t } = useTranslation(['snapshot-details', 'phases']);
  const rows = waterfallOf(run);
  if (rows.length === 0) return null;
  const total = rows.reduce(
    (sum, { start, length, durationMs }) =>
      length > 0 ? Math.max(sum, (durationMs / length) * (start + length)) : sum,
    0,
  );
  return (
    <section>
      <h3 className={classes.sectionTitle}>
        {t('how.title')} <span className={classes.quiet}>{t('how.total', { duration: formatDuration(total) })}</span>
      </h3>
      <ol className={classes.waterfall}>
        {rows.map((row) => (
          <li key={`${row.name} ${row.start}`} data-held={row.name === 'held'} title={hintOf(row, t)}>
            <span className={classes.phaseName}>{row.name === 'held' ? t('how.held') : t(`phases:${row.name}`)}</span>
            {row.name !== 'held' && <span className={classes.phaseTime}>{formatDuration(row.durationMs)}</span>}
            <span className={classes.track} aria-hidden="true">
              <i style={{ left: `min(${row.start * 100}%, 100% - 3px)`, width: `max(${row.length * 100}%, 3px)` }} />
              {row.name === 'held' && (
                <b
                  style={
                    row.start > 0.55
                      ? { right: `calc(${(1 - row.start) * 100}% + 5px)` }
                      : { left: `calc(${(row.start + row.length) * 100}% + 7px)` }
                  }
                >
                  {formatDuration(row.durationMs)}
                </b>
              )}
            </span>
            {row.name === 'held' && <span className="sp-visually-hidden">{formatDuration(row.durationMs)}</span>}
          </li>
        ))}
      </ol>
    </section>
  );
}

function hintOf(row: WaterfallRow, t: (key: string) => string): string {
  return row.name === 'held' ? t('phases:hint.delta') : t(`phases:hint.${row.name}`);
}
