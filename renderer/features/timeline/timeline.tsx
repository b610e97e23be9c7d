import { Button } from '@mantine/core';
import { IconTimeline } from '@tabler/icons-react';
import { type CSSProperties, type ReactNode, useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useStore } from '../../state/store.ts';
import { EmptyState } from '../../ui/empty-state.tsx';
import { useTokens } from '../../ui/theme/theme-provider.tsx';
import { TimelineController } from './control/controller.ts';
import { useSignal } from './control/use-signal.ts';
import { TableView } from './table/table-view.tsx';
import classes from './timeline.module.css';
import { restoredRange } from './view/kept-range.ts';
import { Legend } from './view/legend.tsx';
import { Minimap } from './view/minimap.tsx';
import { Stage } from './view/stage.tsx';
import { Toolbar } from './view/toolbar.tsx';
import { useClock } from './view/use-clock.ts';
import { useKeptView } from './view/use-kept-view.ts';
import { useLiveRuns } from './view/use-live-runs.ts';
import { useQuietTimes } from './view/use-quiet-times.ts';
import { useRunSpans } from './view/use-run-spans.ts';

/** Below this the main view scrolls as a whole. `aroundLanes`: toolbar, axis, overview; the legend is the style's. */
const leastHeight = 266;
const aroundLanes = 156;
const leastTable = 220;

/** Every snapshot of every source, as lanes or as a table. */
export function Timeline(): ReactNode {
  const { t } = useTranslation('timeline');
  const tokens = useTokens();
  const lanes = useStore((state) => state.lanes);
  const selectedLaneKey = useStore((state) => state.selectedLaneKey);
  const selectedSnapshot = useStore((state) => state.selectedSnapshot);
  const open = useStore((state) => state.open);
  const [controller] = useState(
    () =>
      new TimelineController(
        tokens,
        () => Date.now(),
        restoredRange(useStore.getState().settings?.timelineView ?? null),
      ),
  );
  const { table, setTable } = useKeptView(controller);
  const live = useLiveRuns();
  const spans = useRunSpans();

  useEffect(() => controller.setTokens(tokens), [controller, tokens]);
  useEffect(() => {
    controller.setLanes(lanes ?? []);
    controller.setSelection(selectedLaneKey, selectedSnapshot?.snapshotId ?? null);
    controller.rowsChanged.emit();
  }, [controller, lanes, selectedLaneKey, selectedSnapshot]);
  useEffect(() => controller.setLive(live), [controller, live]);
  useEffect(() => controller.setRuns(spans), [controller, spans]);
  useSignal(controller.rowsChanged);
  useClock(controller, live.length > 0);
  useQuietTimes();

  if (lanes !== null && lanes.length === 0) {
    return (
      <section className={classes.nothing} aria-label={t('name')}>
        <EmptyState
          icon={<IconTimeline size={40} stroke={1.3} aria-hidden="true" />}
          title={t('empty.title')}
          actions={<Button onClick={() => open({ name: 'add-source' })}>{t('empty.action')}</Button>}
        >
          {t('empty.text')}
        </EmptyState>
      </section>
    );
  }
  return (
    <section
      className={classes.timeline}
      data-table={table}
      style={{ '--least': `${leastOf(table, controller.rows.natural)}px` } as CSSProperties}
      aria-label={t('name')}
    >
      <Toolbar controller={controller} table={table} onTable={setTable} />
      {table ? (
        <TableView lanes={lanes ?? []} />
      ) : (
        <>
          <Stage controller={controller} />
          <Minimap controller={controller} />
          <Legend controller={controller} />
        </>
      )}
    </section>
  );
}

function leastOf(table: boolean, natural: number): number {
  return table ? leastTable : Math.min(leastHeight, natural + aroundLanes);
}
