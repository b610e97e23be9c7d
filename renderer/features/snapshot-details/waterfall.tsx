import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { formatDuration } from '../../ui/format/duration.ts';
import classes from './details.module.css';
import type { WaterfallRow } from './facts/waterfall.ts';

/** The phases of the run to one scale. */
export function Waterfall({ rows }: { readonly rows: readonly WaterfallRow[] }): ReactNode {
  const { t } = useTranslation(['snapshot-details', 'phases']);
  return (
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
  );
}

function hintOf(row: WaterfallRow, t: (key: string) => string): string {
  return row.name === 'held' ? t('phases:hint.delta') : t(`phases:hint.${row.name}`);
}
