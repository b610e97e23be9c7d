import type { Row } from '../layout/rows.ts';
import { toX } from '../time/viewport.ts';
import { fonts } from './fonts.ts';
import { laneMetrics } from './lane-metrics.ts';
import type { LiveRun, Scene } from './scene.ts';

const least = 34;

/** A run under way: a bar that ends at now and grows, its share done filled. */
export function drawLive(context: CanvasRenderingContext2D, scene: Scene, run: LiveRun, row: Row, top: number): void {
  const { viewport, width, now, tokens } = scene;
  const { marks } = laneMetrics(row);
  const right = toX(viewport, width, now);
  const left = Math.max(-10, Math.min(toX(viewport, width, run.from), right - least));
  if (right < 0 || left > width) return;
  const y = top + marks - 4;
  context.fillStyle = tokens.accentSoft;
  context.strokeStyle = tokens.accent;
  context.lineWidth = 1;
  context.beginPath();
  context.roundRect(left, y, right - left, 8, 4);
  context.fill();
  context.stroke();
  if (run.share !== null) {
    context.fillStyle = tokens.accent;
    context.beginPath();
    context.roundRect(left, y, Math.max(8, (right - left) * run.share), 8, 4);
    context.fill();
  }
  if (row.lane < 56) return;
  context.font = fonts.label;
  context.fillStyle = tokens.ink2;
  context.textBaseline = 'alphabetic';
  const wide = context.measureText(run.text).width;
  const start = right > wide + 12 ? Math.min(right, width - 4) - wide : Math.max(4, left);
  context.textAlign = 'left';
  context.fillStyle = tokens.panel;
  context.fillRect(start - 3, y + 11, wide + 5, 15);
  context.fillStyle = tokens.ink2;
  context.fillText(run.text, start, y + 23);
}
