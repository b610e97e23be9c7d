import { formatTime } from '../../../ui/format/date-time.ts';
import type { LaneIndex } from '../layout/lane-index.ts';
import { plannedTicks } from '../layout/planned-ticks.ts';
import type { Row } from '../layout/rows.ts';
import { toX } from '../time/viewport.ts';
import { fonts } from './fonts.ts';
import { laneMetrics } from './lane-metrics.ts';
import type { Scene } from './scene.ts';

const selectionReach = 170;
const bandAlpha = 0.28;

/** Planned runs: short ticks after now, a faint band where they stand close; the next one with its time, where there is room. */
export function drawPlanned(
  context: CanvasRenderingContext2D,
  scene: Scene,
  { lane, times }: LaneIndex,
  row: Row,
  top: number,
): void {
  const { viewport, width, now, tokens } = scene;
  const { marks } = laneMetrics(row);
  const selected = scene.lanes[scene.selectedLane]?.lane === lane ? times[scene.selectedItem] : undefined;
  const labelAt = selected === undefined ? Number.NEGATIVE_INFINITY : toX(viewport, width, selected);
  let labelEnd = -1;
  const { ticks, bands } = plannedTicks(lane.planned, now, viewport, width);
  context.fillStyle = tokens.ink3;
  context.globalAlpha = bandAlpha;
  for (const { from, to } of bands) context.fillRect(from, top + marks - 4, to - from, 8);
  context.globalAlpha = 1;
  for (const { x, time } of ticks) {
    context.fillStyle = tokens.ink3;
    context.fillRect(Math.round(x) - 1, top + marks - 7, 2, 14);
    // The label of the selected snapshot stands where the time would.
    if (row.lane < 56 || Math.abs(x - labelAt) < selectionReach) continue;
    context.font = fonts.label;
    context.textAlign = 'center';
    context.textBaseline = 'alphabetic';
    const text = formatTime(time);
    const half = context.measureText(text).width / 2;
    const center = Math.min(x, width - half - 4);
    if (center - half < labelEnd + 6 || center - half < toX(viewport, width, now) + 3) continue;
    context.fillText(text, center, top + marks - 12);
    labelEnd = center + half;
  }
}
