import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { formatBytes } from '../../../ui/format/bytes.ts';
import { formatDay, formatTimeSeconds } from '../../../ui/format/date-time.ts';
import { formatDuration } from '../../../ui/format/duration.ts';
import { formatNumber } from '../../../ui/format/numbers.ts';
import { LevelMark } from '../../../ui/level-mark.tsx';
import { useNow } from '../../../ui/use-now.ts';
import { missedSpan } from '../view/item-words.ts';
import { OutcomeMark } from '../view/outcome-mark.tsx';
import classes from './table.module.css';
import { type TableRow, tableColumns } from './table-rows.ts';

export function TableCells({ row, pinnedIcon }: { readonly row: TableRow; readonly pinnedIcon: ReactNode }): ReactNode {
  const { t } = useTranslation(['timeline', 'levels']);
  const now = useNow(60_000);
  const { mark } = row;
  const none = t('table.none');
  return (
    <>
      <td className={classes.when}>
        <span className={classes.date}>{formatDay(row.time, now)},</span>{' '}
        <span className={classes.time}>
          {formatTimeSeconds(row.time)} {mark?.pinned === true && pinnedIcon}
        </span>
      </td>
      <td className={classes.source} title={row.source}>
        {row.source}
      </td>
      {mark === null ? (
        // What has no snapshot has no figures: its reason takes their place.
        <td className={classes.level} colSpan={tableColumns.length - 2}>
          <span className={classes.levelCell}>
            <KindMark row={row} />
            <Reason row={row} />
          </span>
        </td>
      ) : (
        <>
          <td className={classes.level}>
            <span className={classes.levelCell}>
              <KindMark row={row} />
              <span className={classes.levelName}>{t(`levels:${mark.level ?? 'unknown'}.label`)}</span>
            </span>
          </td>
          <td className={classes.pause}>{mark.stallMs === null ? none : formatDuration(mark.stallMs)}</td>
          <td className={classes.new}>{mark.newBytes === null ? none : formatBytes(mark.newBytes)}</td>
          <td className={classes.size}>{mark.bytes === null ? none : formatBytes(mark.bytes)}</td>
          <td className={classes.files}>{mark.files === null ? none : formatNumber(mark.files)}</td>
          <td className={classes.checked}>{t(mark.verified ? 'table.yes' : 'table.no')}</td>
        </>
      )}
    </>
  );
}

function Reason({ row }: { readonly row: TableRow }): ReactNode {
  const { t } = useTranslation('timeline');
  const now = useNow(60_000);
  if (row.kind === 'planned') return <span className={classes.planned}>{t('table.planned')}</span>;
  const words =
    row.notMade === null
      ? `${t(`outcome.${row.kind as 'failed'}`)}: ${row.text}`
      : t('tip.notMade', { count: row.notMade.runs, text: row.text });
  const span = row.notMade === null ? row.text : `${words} (${missedSpan(row.time, row.notMade.to, now)})`;
  return (
    <span className={classes.reason} title={span}>
      {words}
    </span>
  );
}

function KindMark({ row: { mark, kind } }: { readonly row: TableRow }): ReactNode {
  if (mark !== null) return <LevelMark level={mark.level ?? 'unknown'} size={11} />;
  if (kind === 'planned') return <span className={classes.plannedTick} aria-hidden="true" />;
  return <OutcomeMark kind={kind as 'failed'} />;
}
