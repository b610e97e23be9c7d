import { IconArrowDown, IconArrowUp, IconCheck } from '@tabler/icons-react';
import { type KeyboardEvent, type ReactNode, useCallback, useEffect, useMemo, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import type { TreeEntry } from '../../../shared/domain/snapshot.ts';
import { instantToMs } from '../../../shared/domain/time.ts';
import { EntryIcon } from '../../ui/entry-icon.tsx';
import { formatBytes } from '../../ui/format/bytes.ts';
import { formatDateTime } from '../../ui/format/date-time.ts';
import { shownName } from '../../ui/format/quoted-name.ts';
import { VirtualList } from '../../ui/virtual-list.tsx';
import classes from './browse.module.css';
import type { SortColumn, Sorting } from './sort-entries.ts';
import { nextMatch } from './type-ahead.ts';

const columns: readonly SortColumn[] = ['name', 'size', 'modified'];
/** Keys that follow each other within this time are one word. Milliseconds. */
const wordPause = 700;
/** Pixels. */
const rowHeight = 34;

/** The entries of a folder. Rows that are not read yet ask for their page when they come on screen. */
export function EntryList({
  count,
  entryAt,
  onNeed,
  sorting,
  onSort,
  active,
  onActive,
  ticked,
  onTick,
  onOpen,
  onUp,
  onTickAll,
}: {
  readonly count: number;
  readonly entryAt: (index: number) => TreeEntry | undefined;
  readonly onNeed: (index: number) => void;
  readonly sorting: Sorting | null;
  readonly onSort: (column: SortColumn) => void;
  readonly active: number;
  readonly onActive: (index: number) => void;
  readonly ticked: ReadonlySet<string>;
  readonly onTick: (entry: TreeEntry) => void;
  readonly onOpen: (entry: TreeEntry) => void;
  readonly onUp: () => void;
  readonly onTickAll: () => void;
}): ReactNode {
  const { t } = useTranslation('browse');
  const word = useRef({ text: '', at: 0 });
  const holder = useRef<HTMLDivElement>(null);
  const rows = useMemo(() => Array.from({ length: count }, (_, index) => index), [count]);

  // The list follows its own keys; what moves the row otherwise brings it into sight itself.
  const show = useCallback((index: number): void => {
    const scroller = holder.current?.querySelector('[role="listbox"]');
    if (scroller == null) return;
    const top = index * rowHeight;
    if (top < scroller.scrollTop) scroller.scrollTop = top;
    else if (top + rowHeight > scroller.scrollTop + scroller.clientHeight) {
      scroller.scrollTop = top + rowHeight - scroller.clientHeight;
    }
  }, []);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another order begins at its top.
  useEffect(() => show(0), [sorting?.column, sorting?.descending, show]);

  const typeAhead = (event: KeyboardEvent): boolean => {
    if (event.key.length !== 1 || event.ctrlKey || event.altKey || event.metaKey) return false;
    const going = event.timeStamp - word.current.at < wordPause ? word.current.text : '';
    const text = going + event.key;
    word.current = { text, at: event.timeStamp };
    const found = nextMatch(text, active, count, (index) => entryAt(index)?.name);
    if (found !== null) {
      onActive(found);
      show(found);
    }
    return true;
  };
  const handleKey = (event: KeyboardEvent, index: number): boolean => {
    const entry = entryAt(index);
    if (event.key === ' ' && event.timeStamp - word.current.at >= wordPause) {
      if (entry !== undefined) onTick(entry);
      return true;
    }
    if (event.key === 'Backspace' || (event.key === 'ArrowUp' && event.altKey)) {
      onUp();
      return true;
    }
    if (event.key === 'ArrowRight' && entry?.type === 'dir') {
      onOpen(entry);
      return true;
    }
    if (event.key === 'ArrowLeft') {
      onUp();
      return true;
    }
    if (event.key === 'a' && event.ctrlKey) {
      onTickAll();
      return true;
    }
    return typeAhead(event);
  };

  return (
    <div className={classes.list}>
      <div className={classes.columns}>
        {columns.map((column) => (
          <button
            key={column}
            type="button"
            className={classes.columnHead}
            data-column={column}
            aria-label={sortLabel(t, column, sorting)}
            onClick={() => onSort(column)}
          >
            {t(`column.${column}`)}
            {sorting?.column === column &&
              (sorting.descending ? (
                <IconArrowDown size={14} aria-hidden="true" />
              ) : (
                <IconArrowUp size={14} aria-hidden="true" />
              ))}
          </button>
        ))}
      </div>
      <div className={classes.rows} ref={holder}>
        <VirtualList
          items={rows}
          rowHeight={rowHeight}
          label={t('list')}
          getKey={(index) => String(index)}
          activeIndex={active}
          onActiveIndexChange={onActive}
          onActivate={(index) => {
            const entry = entryAt(index);
            if (entry !== undefined) onOpen(entry);
          }}
          onKey={handleKey}
          renderRow={(index) => (
            <EntryRow index={index} entry={entryAt(index)} ticked={ticked} onTick={onTick} onNeed={onNeed} />
          )}
        />
      </div>
    </div>
  );
}

type Translate = ReturnType<typeof useTranslation<'browse'>>['t'];

function sortLabel(t: Translate, column: SortColumn, sorting: Sorting | null): string {
  const name = t(`column.${column}`);
  if (sorting?.column !== column) return t('sort.by', { name });
  return t(sorting.descending ? 'sort.descending' : 'sort.ascending', { name });
}

function EntryRow({
  index,
  entry,
  ticked,
  onTick,
  onNeed,
}: {
  readonly index: number;
  readonly entry: TreeEntry | undefined;
  readonly ticked: ReadonlySet<string>;
  readonly onTick: (entry: TreeEntry) => void;
  readonly onNeed: (index: number) => void;
}): ReactNode {
  const { t } = useTranslation('browse');
  const missing = entry === undefined;
  useEffect(() => {
    if (missing) onNeed(index);
  }, [missing, index, onNeed]);
  if (entry === undefined) return <div className={classes.row} data-waiting="true" />;
  const on = ticked.has(entry.name);
  return (
    <div className={classes.row}>
      {/* Drawn, not an input: the list has the focus, Space ticks, and the words below tell screen readers. */}
      <span
        className={classes.tick}
        data-on={on}
        aria-hidden="true"
        onClick={(event) => {
          event.stopPropagation();
          onTick(entry);
        }}
      >
        {on && <IconCheck size={12} stroke={3} />}
      </span>
      <EntryIcon name={entry.name} type={entry.type} size={17} />
      <span className={classes.entryName}>
        {shownName(entry.name)}
        {entry.linkTarget !== undefined && <span className={classes.quiet}> → {shownName(entry.linkTarget)}</span>}
      </span>
      <span className={classes.size}>{entry.type === 'file' ? formatBytes(entry.size) : ''}</span>
      <span className={classes.modified}>{formatDateTime(instantToMs(entry.modifiedAt))}</span>
      {on && <span className="sp-visually-hidden">{t('tickedWord')}</span>}
    </div>
  );
}
