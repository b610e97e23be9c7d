import type { TimelineController } from '../control/controller.ts';
import { firstItem, lastItem, nearestItem, stepItem } from '../control/step.ts';
import { snapshotAt } from '../layout/lane-index.ts';
import { startOf } from '../time/viewport.ts';
import type { TimelineCommand } from './keyboard.ts';

/** Carries a keyboard command out. `select` is told the lane and item that shall be selected; item -1 for none. */
export function runCommand(
  controller: TimelineController,
  command: TimelineCommand,
  select: (lane: number, item: number) => void,
): void {
  const { lanes, selectedLane, selectedItem, viewport } = controller;
  const lane = selectedLane < 0 ? 0 : selectedLane;
  const index = lanes[lane];
  const middle = startOf(viewport) + viewport.span / 2;
  const choose = (laneAt: number, item: number): void => {
    if (item < 0) return;
    select(laneAt, item);
    controller.reveal(lanes[laneAt]?.times[item] ?? middle);
  };
  switch (command.do) {
    case 'step':
      if (index === undefined) return;
      choose(lane, selectedItem < 0 ? nearestItem(index, middle) : stepItem(index, selectedItem, command.by));
      return;
    case 'lane': {
      const next = selectedLane < 0 ? 0 : Math.min(lanes.length - 1, Math.max(0, selectedLane + command.by));
      const target = lanes[next];
      if (target === undefined) return;
      const item = nearestItem(target, index?.times[selectedItem] ?? middle);
      if (item < 0) select(next, -1);
      else choose(next, item);
      return;
    }
    case 'end':
      if (index !== undefined) choose(lane, command.which === 'first' ? firstItem(index) : lastItem(index));
      return;
    case 'zoom':
      controller.zoomMiddle(command.factor);
      return;
    case 'pan':
      controller.pan(command.share * controller.width);
      return;
    case 'open': {
      const snapshot = index === undefined ? undefined : snapshotAt(index, selectedItem);
      if (snapshot !== undefined)
        controller.fitRun(
          snapshot.runId,
          snapshot.askedAt ?? snapshot.time,
          snapshot.thawedAt ?? snapshot.time + 2_000,
        );
      return;
    }
    case 'fit':
      controller.showPreset('all');
      return;
    case 'clear':
      select(selectedLane, -1);
      return;
  }
}
