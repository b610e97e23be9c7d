import { Checkbox } from '@mantine/core';
import { IconArrowDown, IconArrowUp, IconPin } from '@tabler/icons-react';
import { useVirtualizer } from '@tanstack/react-virtual';
import { type KeyboardEvent, type ReactNode, useMemo, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { RunId } from '../../../../shared/domain/ids.ts';
import type { Lane } from '../../../../shared/ipc/timeline.ts';
import { useStore } from '../../../state/store.ts';
import { formatLocale } from '../../../ui/format/locale.ts';
import { useNow } from '../../../ui/use-now.ts';
import classes from './table.module.css';
import { TableCells } from './table-cells.tsx';
import { rowsOf, sortRows, type TableColumn, type TableOrder, type TableRow, tableColumns } from './table-rows.ts';

const rowHeight = 34;

/** Everything the lanes show, as a table that can be sorted and read out. */
export function TableView({ lanes }: { readonly lanes: readonly Lane[] }): ReactNode {
  const { t } = useTranslation(['timeline', 'levels']);
  const [order, setOrder] = useState<TableOrder>({ column: 'when', descending: true });
  const [active, setActive] = useState(0);
  const scroller = useRef<HTMLDivElement>(null);
  const selected = useStore((state) => state.selectedSnapshot?.snapshotId);
  const now = useNow(60_000);
  const [planned, setPlanned] = useState(false);
  const all = useMemo(() => rowsOf(lanes, now), [lanes, now]);
  const toCome = useMemo(() => all.filter(({ kind }) => kind === 'planned').length, [all]);
  // What is to come would stand before everything that is there: it is shown when asked for.
  const rows = useMemo(
    () => sortRows(planned ? all : all.filter(({ kind }) => kind !== 'planned'), order, formatLocale()),
    [all, planned, order],
  );
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeight,
    overscan: 12,
  });
  const items = virtual.getVirtualItems();
  const before = items[0]?.start ?? 0;
  const after = virtual.getTotalSize() - (items.at(-1)?.end ?? 0);

  const choose = (row: TableRow | undefined, at: number): void => {
    if (row === undefined) return;
    setActive(at);
    const { mark } = row;
    const state = useStore.getState();
    if (mark !== null) state.selectSnapshot({ repositoryId: mark.repositoryId, snapshotId: mark.id }, row.laneKey);
  };
  const openRun = (row: TableRow | undefined): void => {
    if (row?.runId == null || row.mark !== null) return;
    useStore.getState().open({ name: 'activity', runId: row.runId as RunId });
  };
  const handleKey = (event: KeyboardEvent): void => {
    const page = Math.max(1, Math.floor((scroller.current?.clientHeight ?? 0) / rowHeight) - 2);
    const targets: Readonly<Record<string, number>> = {
      ArrowDown: active + 1,
      ArrowUp: active - 1,
      PageDown: active + page,
      PageUp: active - page,
      Home: 0,
      End: rows.length - 1,
    };
    const to = targets[event.key];
    if (event.key === 'Enter') openRun(rows[active]);
    if (to === undefined || (event.target as Element).closest('thead') !== null) return;
    event.preventDefault();
    const at = Math.min(rows.length - 1, Math.max(0, to));
    choose(rows[at], at);
    virtual.scrollToIndex(at);
  };

  return (
    <div className={classes.frame}>
      {toCome > 0 && (
        <Checkbox
          size="xs"
          label={t('table.showPlanned', { count: toCome })}
          checked={planned}
          onChange={(event) => {
            setPlanned(event.currentTarget.checked);
            setActive(0);
          }}
        />
      )}
      <section
        ref={scroller}
        className={classes.scroller}
        aria-label={t('asTable')}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: the rows are stepped through with the arrow keys.
        tabIndex={0}
        onKeyDown={handleKey}
        data-testid="timeline-table"
      >
        <table className={classes.table} aria-rowcount={rows.length + 1}>
          <caption className="sp-visually-hidden">{t('table.caption', { count: rows.length })}</caption>
          <thead>
            <tr aria-rowindex={1}>
              {tableColumns.map((column) => (
                <SortableHead key={column} column={column} order={order} onOrder={setOrder} />
              ))}
            </tr>
          </thead>
          <tbody>
            {before > 0 && <Spacer height={before} />}
            {items.map(({ index }) => {
              const row = rows[index];
              if (row === undefined) return null;
              const chosen = row.mark !== null && row.mark.id === selected;
              return (
                <tr
                  key={row.key}
                  aria-rowindex={index + 2}
                  aria-selected={chosen}
                  data-active={index === active}
                  className={classes.row}
                  style={{ height: rowHeight }}
                  onClick={() => {
                    choose(row, index);
                    openRun(row);
                  }}
                >
                  <TableCells row={row} pinnedIcon={<IconPin size={13} aria-label={t('table.pinned')} />} />
                </tr>
              );
            })}
            {after > 0 && <Spacer height={after} />}
          </tbody>
        </table>
      </section>
    </div>
  );
}

function SortableHead({
  column,
  order,
  onOrder,
}: {
  readonly column: TableColumn;
  readonly order: TableOrder;
  readonly onOrder: (order: TableOrder) => void;
}): ReactNode {
  const { t } = useTranslation('timeline');
  const sorted = order.column === column;
  return (
    <th
      scope="col"
      className={classes[column]}
      aria-sort={sorted ? (order.descending ? 'descending' : 'ascending') : 'none'}
    >
      <button
        type="button"
        className={classes.head}
        onClick={() => onOrder({ column, descending: sorted ? !order.descending : column !== 'source' })}
      >
        {t(`table.${column}`)}
        {sorted && (order.descending ? <IconArrowDown size={13} /> : <IconArrowUp size={13} />)}
      </button>
    </th>
  );
}

function Spacer({ height }: { readonly height: number }): ReactNode {
  return (
    <tr style={{ height }}>
      <td colSpan={tableColumns.length} />
    </tr>
  );
}
