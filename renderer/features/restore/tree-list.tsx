import { IconCheck, IconChevronDown, IconChevronRight, IconMinus } from '@tabler/icons-react';
import { useVirtualizer } from '@tanstack/react-virtual';
import { type KeyboardEvent, type ReactNode, useId, useRef } from 'react';
import classes from './tree-list.module.css';

export type TreeTick = 'on' | 'off' | 'mixed';

export interface TreeListRow {
  readonly key: string;
  readonly depth: number;
  /** Null for what cannot be opened. */
  readonly open: boolean | null;
  /** Null for what cannot be ticked. */
  readonly tick: TreeTick | null;
}

export interface TreeListProps<Row extends TreeListRow> {
  readonly rows: readonly Row[];
  readonly label: string;
  readonly active: number;
  readonly onActive: (index: number) => void;
  readonly onOpen: (row: Row, open: boolean) => void;
  readonly onTick: (row: Row, on: boolean) => void;
  /** Enter or a double click. */
  readonly onUse?: (row: Row) => void;
  readonly children: (row: Row) => ReactNode;
}

const rowHeight = 32;
const indent = 20;

/**
 * A tree of any length that can be ticked. Up and down move, right opens or steps in, left closes or steps out, Space
 * ticks. Only what is seen is in the document; level, state and tick are told to screen readers.
 */
export function TreeList<Row extends TreeListRow>(props: TreeListProps<Row>): ReactNode {
  const { rows, label, active, onActive, onOpen, onTick, children } = props;
  const scroller = useRef<HTMLDivElement>(null);
  const id = useId();
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeight,
    overscan: 10,
  });
  const move = (to: number): void => {
    const index = Math.min(rows.length - 1, Math.max(0, to));
    if (index < 0) return;
    onActive(index);
    virtual.scrollToIndex(index, { align: 'auto' });
  };
  const handleKey = (event: KeyboardEvent): void => {
    const page = Math.max(1, Math.floor((scroller.current?.clientHeight ?? 0) / rowHeight) - 1);
    if (handledTreeKey(event.key, props, move, page)) event.preventDefault();
  };
  const shown = virtual.getVirtualItems();
  return (
    <div className={classes.frame}>
      <div
        ref={scroller}
        className={classes.tree}
        role="tree"
        aria-label={label}
        aria-multiselectable="true"
        tabIndex={0}
        onKeyDown={handleKey}
        {...(shown.some(({ index }) => index === active) ? { 'aria-activedescendant': `${id}-${active}` } : {})}
      >
        <div style={{ height: virtual.getTotalSize(), position: 'relative' }} role="presentation">
          {shown.map(({ index, start }) => {
            const row = rows[index];
            if (row === undefined) return null;
            return (
              // biome-ignore lint/a11y/useKeyWithClickEvents: the tree itself has the focus and handles the keys.
              <div
                key={row.key}
                id={`${id}-${index}`}
                role="treeitem"
                tabIndex={-1}
                aria-level={row.depth + 1}
                aria-selected={index === active}
                {...(row.open === null ? {} : { 'aria-expanded': row.open })}
                {...(row.tick === null ? {} : { 'aria-checked': row.tick === 'mixed' ? 'mixed' : row.tick === 'on' })}
                className={classes.row}
                data-active={index === active}
                data-off={row.tick === 'off'}
                style={{
                  height: rowHeight,
                  transform: `translateY(${start}px)`,
                  paddingInlineStart: 10 + row.depth * indent,
                }}
                onClick={() => onActive(index)}
                onDoubleClick={() => (row.open === null ? props.onUse?.(row) : onOpen(row, !row.open))}
              >
                <Twisty open={row.open} onToggle={() => row.open !== null && onOpen(row, !row.open)} />
                {row.tick !== null && <TickBox tick={row.tick} onTick={(on) => onTick(row, on)} />}
                {children(row)}
              </div>
            );
          })}
        </div>
      </div>
    </div>
  );
}

function handledTreeKey<Row extends TreeListRow>(
  key: string,
  { rows, active, onOpen, onTick, onUse }: TreeListProps<Row>,
  move: (to: number) => void,
  page: number,
): boolean {
  const row = rows[active];
  const steps: Readonly<Record<string, number>> = {
    ArrowDown: active + 1,
    ArrowUp: active - 1,
    PageDown: active + page,
    PageUp: active - page,
    Home: 0,
    End: rows.length - 1,
  };
  const to = steps[key];
  if (to !== undefined) {
    move(to);
    return true;
  }
  if (row === undefined) return false;
  switch (key) {
    case 'ArrowRight':
      if (row.open === false) onOpen(row, true);
      else if (row.open === true) move(active + 1);
      return true;
    case 'ArrowLeft':
      if (row.open === true) onOpen(row, false);
      else move(parentOf(rows, active));
      return true;
    case ' ':
      if (row.tick !== null) onTick(row, row.tick !== 'on');
      return true;
    case 'Enter':
      if (row.open !== null) onOpen(row, !row.open);
      else onUse?.(row);
      return true;
    default:
      return false;
  }
}

function parentOf(rows: readonly TreeListRow[], index: number): number {
  const depth = rows[index]?.depth ?? 0;
  for (let at = index - 1; at >= 0; at -= 1) {
    if ((rows[at]?.depth ?? 0) < depth) return at;
  }
  return index;
}

function Twisty({ open, onToggle }: { readonly open: boolean | null; readonly onToggle: () => void }): ReactNode {
  const Icon = open === true ? IconChevronDown : IconChevronRight;
  return (
    // A larger target for the mouse; keys are the tree's.
    <span
      className={classes.twisty}
      aria-hidden="true"
      onClick={(event) => {
        event.stopPropagation();
        onToggle();
      }}
    >
      {open !== null && <Icon size={15} stroke={1.8} />}
    </span>
  );
}

/** Drawn, not an input: a tree item may hold no control of its own, and carries `aria-checked` itself. */
function TickBox({ tick, onTick }: { readonly tick: TreeTick; readonly onTick: (on: boolean) => void }): ReactNode {
  return (
    <span
      className={classes.tick}
      data-tick={tick}
      aria-hidden="true"
      onClick={(event) => {
        event.stopPropagation();
        onTick(tick !== 'on');
      }}
    >
      {tick === 'on' && <IconCheck size={12} stroke={3} />}
      {tick === 'mixed' && <IconMinus size={12} stroke={3} />}
    </span>
  );
}
