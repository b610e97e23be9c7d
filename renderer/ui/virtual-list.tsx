import { useVirtualizer } from '@tanstack/react-virtual';
import { type KeyboardEvent, type ReactNode, useId, useRef } from 'react';
import classes from './ui.module.css';

/**
 * A list of any length in which one row is active: arrows, Page Up/Down, Home and End move it, Enter activates it. Only
 * what is seen is in the document; position and length are told to screen readers.
 */
export function VirtualList<T>({
  items,
  rowHeight,
  label,
  getKey,
  renderRow,
  activeIndex,
  onActiveIndexChange,
  onActivate,
  onKey,
  height = '100%',
}: {
  readonly items: readonly T[];
  /** Pixels; every row has the same height. */
  readonly rowHeight: number;
  readonly label: string;
  readonly getKey: (item: T, index: number) => string;
  readonly renderRow: (item: T, index: number, active: boolean) => ReactNode;
  readonly activeIndex: number;
  readonly onActiveIndexChange: (index: number) => void;
  readonly onActivate?: (item: T, index: number) => void;
  /** Keys this list does not use itself (arrow left in a tree); return true when one was used. */
  readonly onKey?: (event: KeyboardEvent, index: number) => boolean;
  readonly height?: string | number;
}): ReactNode {
  const scroller = useRef<HTMLDivElement>(null);
  const id = useId();
  const virtual = useVirtualizer({
    count: items.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeight,
    overscan: 8,
  });

  const move = (to: number): void => {
    const index = Math.min(items.length - 1, Math.max(0, to));
    if (index < 0) return;
    onActiveIndexChange(index);
    virtual.scrollToIndex(index, { align: 'auto' });
  };
  const page = (): number => Math.max(1, Math.floor((scroller.current?.clientHeight ?? rowHeight) / rowHeight) - 1);
  const handleKey = (event: KeyboardEvent): void => {
    if (onKey?.(event, activeIndex) === true) {
      event.preventDefault();
      return;
    }
    const steps: Readonly<Record<string, number>> = {
      ArrowDown: activeIndex + 1,
      ArrowUp: activeIndex - 1,
      PageDown: activeIndex + page(),
      PageUp: activeIndex - page(),
      Home: 0,
      End: items.length - 1,
    };
    const to = steps[event.key];
    if (to !== undefined) {
      event.preventDefault();
      move(to);
    } else if (event.key === 'Enter' && items[activeIndex] !== undefined) {
      event.preventDefault();
      onActivate?.(items[activeIndex], activeIndex);
    }
  };

  const rows = virtual.getVirtualItems();
  const activeShown = rows.some(({ index }) => index === activeIndex);
  return (
    <div
      ref={scroller}
      className={classes.list}
      style={{ height }}
      role="listbox"
      tabIndex={0}
      aria-label={label}
      {...(activeShown ? { 'aria-activedescendant': `${id}-${activeIndex}` } : {})}
      onKeyDown={handleKey}
    >
      <div style={{ height: virtual.getTotalSize(), position: 'relative' }} role="presentation">
        {rows.map(({ index, start }) => {
          const item = items[index];
          if (item === undefined) return null;
          return (
            // biome-ignore lint/a11y/useKeyWithClickEvents: the list itself has the focus and handles the keys.
            <div
              key={getKey(item, index)}
              id={`${id}-${index}`}
              role="option"
              tabIndex={-1}
              aria-selected={index === activeIndex}
              aria-setsize={items.length}
              aria-posinset={index + 1}
              data-active={index === activeIndex}
              className={classes.row}
              style={{ height: rowHeight, transform: `translateY(${start}px)` }}
              onClick={() => onActiveIndexChange(index)}
              onDoubleClick={() => onActivate?.(item, index)}
            >
              {renderRow(item, index, index === activeIndex)}
            </div>
          );
        })}
      </div>
    </div>
  );
}
