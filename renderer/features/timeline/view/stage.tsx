import { type KeyboardEvent, type ReactNode, useCallback, useEffect, useLayoutEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useStore } from '../../../state/store.ts';
import { announce } from '../../../ui/announce.ts';
import type { Hit, TimelineController } from '../control/controller.ts';
import { useSignal } from '../control/use-signal.ts';
import { axisHeight } from '../draw/draw-axis.ts';
import { failureAt, missedAt, snapshotAt } from '../layout/lane-index.ts';
import type { LogPick } from '../layout/log-pick.ts';
import { listenForInput } from './input.ts';
import { stillnessOf, whenOf } from './item-words.ts';
import { commandOf } from './keyboard.ts';
import { LaneLabels } from './lane-labels.tsx';
import { LogPopover } from './log-popover.tsx';
import { NowLabel, SelectionLabel } from './moving-labels.tsx';
import { runCommand } from './run-command.ts';
import classes from './stage.module.css';
import { HoverTooltip } from './tooltip.tsx';

/** A cluster that was just clicked open must not be fitted away by the second click of a double click. */
const doubleClickMs = 600;
/** The strip below the lanes that names now. */
const footerHeight = 22;

/** The lanes: two canvases, the names over them, and everything that moves them. */
export function Stage({ controller }: { readonly controller: TimelineController }): ReactNode {
  const { t } = useTranslation(['timeline', 'levels']);
  const axis = useRef<HTMLCanvasElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  const scroller = useRef<HTMLDivElement>(null);
  const opened = useRef(0);
  const [hover, setHover] = useState<Hit | null>(null);
  const [pick, setPick] = useState<{ picked: LogPick; x: number; y: number } | null>(null);
  const selectedKey = useStore((state) => state.selectedLaneKey);
  useSignal(controller.rowsChanged);

  const select = useCallback(
    (laneAt: number, item: number): void => {
      const index = controller.lanes[laneAt];
      if (index === undefined) return;
      const mark = snapshotAt(index, item);
      const { selectSnapshot } = useStore.getState();
      selectSnapshot(
        mark === undefined ? null : { repositoryId: mark.repositoryId, snapshotId: mark.id },
        index.lane.key,
      );
      controller.setSelection(index.lane.key, mark?.id ?? null);
      controller.rowsChanged.emit();
      if (mark !== undefined) {
        announce(
          t('announce', {
            source: index.lane.name,
            when: whenOf(mark.time, controller.now),
            what: stillnessOf(mark, t),
          }),
        );
      }
    },
    [controller, t],
  );
  const selectLane = useCallback(
    (key: string) =>
      select(
        controller.lanes.findIndex(({ lane }) => lane.key === key),
        -1,
      ),
    [controller, select],
  );

  useLayoutEffect(() => {
    if (canvas.current === null || axis.current === null || scroller.current === null) return;
    const box = scroller.current;
    const detach = controller.attach(canvas.current, axis.current);
    const resize = new ResizeObserver(() => controller.resize(box.clientWidth, box.clientHeight));
    resize.observe(box);
    const onScroll = (): void => controller.scrollTo(box.scrollTop);
    box.addEventListener('scroll', onScroll, { passive: true });
    return () => {
      detach();
      resize.disconnect();
      box.removeEventListener('scroll', onScroll);
    };
  }, [controller]);

  useEffect(() => {
    const box = scroller.current;
    if (box === null) return;
    return listenForInput(box, controller, {
      onHover: (hit) => {
        const found = hit !== null && hit.first >= 0 ? hit : null;
        controller.setHover(found);
        box.dataset.hot = String(found !== null);
        setHover((before) => (before?.lane === found?.lane && before?.first === found?.first ? before : found));
      },
      onClick: (hit, x, y) => {
        const picked = controller.logAt(x, y);
        setPick(picked === null ? null : { picked, x, y });
        if (picked !== null) return;
        const index = controller.lanes[hit.lane];
        if (index === undefined) return;
        if (hit.first < 0) return select(hit.lane, -1);
        if (hit.first !== hit.last) {
          opened.current = performance.now();
          controller.fit(index.times[hit.first] ?? 0, index.times[hit.last] ?? 0);
          return;
        }
        const failure = failureAt(index, hit.first);
        const missed = missedAt(index, hit.first);
        if (missed !== undefined && missed.to > missed.from) controller.fit(missed.from, missed.to);
        if (failure !== undefined) useStore.getState().open({ name: 'activity', runId: failure.runId });
        else select(hit.lane, hit.first);
      },
      onDoubleClick: (hit) => {
        if (performance.now() - opened.current < doubleClickMs) return;
        runCommand(controller, hit.first >= 0 ? { do: 'open' } : { do: 'fit' }, select);
      },
    });
  }, [controller, select]);

  const handleKey = (event: KeyboardEvent): void => {
    const command = commandOf(event);
    if (command === null) return;
    event.preventDefault();
    runCommand(controller, command, select);
    const row = controller.rows.rows[controller.selectedLane];
    const box = scroller.current;
    if (row === undefined || box === null) return;
    if (row.top < box.scrollTop) box.scrollTop = row.top;
    else if (row.top + row.lane > box.scrollTop + box.clientHeight)
      box.scrollTop = row.top + row.lane - box.clientHeight;
  };

  return (
    <div className={classes.stage} style={{ height: controller.rows.natural + axisHeight + footerHeight + 2 }}>
      <canvas ref={axis} className={classes.axis} />
      <div
        ref={scroller}
        className={classes.scroller}
        role="application"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: the lanes are worked by keyboard as a whole.
        tabIndex={0}
        aria-label={t('name')}
        aria-description={t('description')}
        onKeyDown={handleKey}
        data-testid="timeline"
      >
        <div style={{ height: controller.rows.total }}>
          <canvas ref={canvas} className={classes.canvas} />
        </div>
        <div className={classes.content} style={{ height: controller.rows.total }}>
          <LaneLabels controller={controller} selectedKey={selectedKey} onSelect={selectLane} />
          <SelectionLabel controller={controller} />
        </div>
      </div>
      <div className={classes.footer}>
        <NowLabel controller={controller} />
      </div>
      {hover !== null && <HoverTooltip controller={controller} hit={hover} />}
      {pick !== null && (
        <LogPopover
          pick={pick.picked}
          left={Math.min(pick.x, Math.max(0, controller.width - 300))}
          top={Math.min(pick.y + axisHeight + 10, Math.max(0, controller.height - 60))}
          onClose={() => setPick(null)}
        />
      )}
    </div>
  );
}
