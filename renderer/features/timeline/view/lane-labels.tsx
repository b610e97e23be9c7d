import { memo, type ReactNode } from 'react';
import type { TimelineController } from '../control/controller.ts';
import { useSignal } from '../control/use-signal.ts';
import classes from './stage.module.css';

/** The names of the lanes, over the canvas: text that can be selected by, focused and read. */
export const LaneLabels = memo(function LaneLabels({
  controller,
  selectedKey,
  onSelect,
}: {
  readonly controller: TimelineController;
  readonly selectedKey: string | null;
  readonly onSelect: (laneKey: string) => void;
}): ReactNode {
  useSignal(controller.rowsChanged);
  const { rows, lanes } = controller;
  return lanes.map(({ lane }, at) => {
    const row = rows.rows[at];
    if (row === undefined) return null;
    return (
      <button
        key={lane.key}
        type="button"
        tabIndex={-1}
        data-lane-label="true"
        data-compact={rows.compact}
        className={classes.laneLabel}
        style={{ top: row.top + (rows.compact ? 0 : 4) }}
        aria-pressed={lane.key === selectedKey}
        onClick={() => onSelect(lane.key)}
      >
        <span className={classes.laneName}>{lane.name}</span>
        <span className={classes.laneDetail}>{lane.detail}</span>
      </button>
    );
  });
});
