import { useCallback, useEffect, useRef, useState } from 'react';
import { useStore } from '../../../state/store.ts';
import type { TimelineController } from '../control/controller.ts';
import { keptRange } from './kept-range.ts';

const settleMs = 800;

/** Range and table of the timeline, stored when they have settled, so that a restart shows them again. */
export function useKeptView(controller: TimelineController): {
  readonly table: boolean;
  readonly setTable: (table: boolean) => void;
} {
  const [table, setTableState] = useState(() => useStore.getState().settings?.timelineView?.table ?? false);
  const tableNow = useRef(table);

  const keep = useCallback(() => {
    const timelineView = { ...keptRange(controller), table: tableNow.current };
    // A range that could not be stored is not worth a message: the next one may be.
    useStore
      .getState()
      .changeSettings({ timelineView })
      .catch(() => undefined);
  }, [controller]);

  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const stop = controller.viewChanged.subscribe(() => {
      clearTimeout(timer);
      timer = setTimeout(() => {
        // A view that follows now moves all the time; where it is need not be stored again.
        const stored = useStore.getState().settings?.timelineView;
        const { from, to } = keptRange(controller);
        if (stored?.from !== from || stored.to !== to) keep();
      }, settleMs);
    });
    return () => {
      stop();
      clearTimeout(timer);
    };
  }, [controller, keep]);

  const setTable = useCallback(
    (next: boolean) => {
      tableNow.current = next;
      setTableState(next);
      keep();
    },
    [keep],
  );

  useEffect(() => {
    const toggle = (event: KeyboardEvent): void => {
      const typing = (event.target as Element | null)?.closest('input, textarea, select, [contenteditable]') != null;
      if (typing || event.key.toLowerCase() !== 't' || event.ctrlKey || event.altKey || event.metaKey) return;
      event.preventDefault();
      setTable(!tableNow.current);
    };
    window.addEventListener('keydown', toggle);
    return () => window.removeEventListener('keydown', toggle);
  }, [setTable]);

  return { table, setTable };
}
