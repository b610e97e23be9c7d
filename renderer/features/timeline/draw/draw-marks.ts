import { lowerBound } from '../layout/cull.ts';
import { type ItemKind, itemKinds, rankOf } from '../layout/item-kind.ts';
import { type LaneIndex, snapshotAt } from '../layout/lane-index.ts';
import type { Row } from '../layout/rows.ts';
import { stallHeight } from '../layout/stall-height.ts';
import { toX } from '../time/viewport.ts';
import { fonts } from './fonts.ts';
import { type LaneMetrics, laneMetrics } from './lane-metrics.ts';
import { drawBrackets, drawMark, drawUnverifiedDot } from './mark-shapes.ts';
import type { Scene } from './scene.ts';

type Context = CanvasRenderingContext2D;
/** From this kind on a member is shown even where most of its cluster are of another. */
const worrying = rankOf('torn');

/** Snapshots, failures and clusters of one lane, with their stall ticks. Only what is in view is looked at. */
export function drawMarks(
  context: Context,
  scene: Scene,
  index: LaneIndex,
  laneAt: number,
  row: Row,
  top: number,
): void {
  const { viewport, width, widths, clusters: cache } = scene;
  const clusters = cache.get(index, viewport.span / width, widths);
  const metrics = laneMetrics(row);
  const start = viewport.origin + viewport.from;
  const margin = (widths.cluster * viewport.span) / width;
  const end = start + viewport.span + margin;
  for (let at = lowerBound(clusters.center, start - margin); at < clusters.count; at += 1) {
    const center = clusters.center[at] ?? 0;
    if (center > end) break;
    const x = toX(viewport, width, center);
    const first = clusters.first[at] ?? 0;
    drawStallTick(context, scene, clusters.stall[at] ?? -1, x, top, metrics);
    const worst = clusters.worst[at] ?? 0;
    const kind = itemKinds[clusters.common[at] ?? 0] ?? 'unknown';
    const hovered = scene.hoveredLane === laneAt && scene.hoveredItem === first;
    const runs = clusters.runs[at] ?? 1;
    // A stretch of several runs is one item and a cluster by itself.
    if (runs > 1) {
      const badge = worst >= worrying && worst !== clusters.common[at] ? (itemKinds[worst] ?? null) : null;
      drawCluster(context, scene, kind, badge, runs, x, top + metrics.marks, metrics, hovered);
    } else drawSingle(context, scene, index, first, kind, x, top + metrics.marks, metrics, hovered);
  }
}

function drawSingle(
  context: Context,
  { tokens }: Scene,
  index: LaneIndex,
  item: number,
  kind: ItemKind,
  x: number,
  y: number,
  { radius }: LaneMetrics,
  hovered: boolean,
): void {
  const snapshot = snapshotAt(index, item);
  drawMark(context, kind, x, y, hovered ? radius * 1.2 : radius, tokens);
  if (snapshot === undefined) return;
  if (!snapshot.verified) drawUnverifiedDot(context, x, y, radius, tokens);
  if (snapshot.kind === 'safety') drawBrackets(context, x, y, radius, tokens);
}

/** A pill with the mark most members have and how many there are; at its corner the most worrying of the others. */
function drawCluster(
  context: Context,
  { tokens, widths }: Scene,
  kind: ItemKind,
  badge: ItemKind | null,
  count: number,
  x: number,
  y: number,
  { radius }: LaneMetrics,
  hovered: boolean,
): void {
  const height = radius * 2 + 5;
  const text = count > 999 ? '999+' : `${count}`;
  const wide = Math.min(widths.cluster - 2, 12 + radius * 2 + text.length * 8);
  const left = Math.round(x - wide / 2) + 0.5;
  context.fillStyle = hovered ? tokens.accentSoft : tokens.panel;
  context.strokeStyle = tokens.field;
  context.lineWidth = 1;
  context.beginPath();
  context.roundRect(left, Math.round(y - height / 2) + 0.5, wide, height, height / 2);
  context.fill();
  context.stroke();
  drawMark(context, kind, left + radius + 4, y, radius * 0.72, tokens);
  context.fillStyle = tokens.ink;
  context.font = fonts.label;
  context.textAlign = 'left';
  context.textBaseline = 'middle';
  context.fillText(text, left + radius * 2 + 5, y + 0.5);
  if (badge === null) return;
  context.fillStyle = tokens.panel;
  context.beginPath();
  context.arc(left + wide - 3, y - height / 2 + 1, radius * 0.85, 0, Math.PI * 2);
  context.fill();
  drawMark(context, badge, left + wide - 3, y - height / 2 + 1, radius * 0.62, tokens);
}

function drawStallTick(
  context: Context,
  { tokens, viewport, width }: Scene,
  stallMs: number,
  x: number,
  top: number,
  { stallTop, stallLongest }: LaneMetrics,
): void {
  // Where the pause has its true width on the screen, the bar of that width says it.
  if (stallMs < 0 || (stallMs * width) / viewport.span > 6) return;
  context.fillStyle = tokens.ink2;
  const height = Math.round(stallHeight(stallMs, 2, stallLongest));
  context.fillRect(Math.round(x) - 1, top + stallTop, 2.5, height);
}
