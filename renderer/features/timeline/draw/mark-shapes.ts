import { type LevelShape, levelLooks } from '../../../ui/level-shape.ts';
import type { Tokens } from '../../../ui/theme/tokens.ts';
import type { ItemKind } from '../layout/item-kind.ts';

type Context = CanvasRenderingContext2D;
const fullTurn = Math.PI * 2;

/** Draws the mark of one kind around (x, y). The same shapes as `LevelMark`, plus those of runs without a snapshot. */
export function drawMark(context: Context, kind: ItemKind, x: number, y: number, radius: number, tokens: Tokens): void {
  switch (kind) {
    case 'failed':
      drawFailed(context, x, y, radius, tokens.bad, tokens.panel, true);
      return;
    case 'interrupted':
      drawFailed(context, x, y, radius, tokens.bad, tokens.panel, false);
      return;
    case 'missed':
      drawMissed(context, x, y, radius, tokens.warn, tokens.panel, true);
      return;
    case 'cancelled':
      drawMissed(context, x, y, radius, tokens.ink3, tokens.panel, false);
      return;
    default: {
      const { shape, token } = levelLooks[kind];
      drawShape(context, shape, x, y, radius, tokens[token], tokens.panel);
    }
  }
}

function drawShape(
  context: Context,
  shape: LevelShape,
  x: number,
  y: number,
  r: number,
  color: string,
  back: string,
): void {
  context.fillStyle = color;
  context.strokeStyle = color;
  context.beginPath();
  switch (shape) {
    case 'disc':
      context.arc(x, y, r * 0.92, 0, fullTurn);
      context.fill();
      return;
    case 'diamond':
      context.moveTo(x, y - r * 1.15);
      context.lineTo(x + r * 1.15, y);
      context.lineTo(x, y + r * 1.15);
      context.lineTo(x - r * 1.15, y);
      context.fill();
      return;
    case 'square':
      context.rect(x - r * 0.85, y - r * 0.85, r * 1.7, r * 1.7);
      context.fill();
      return;
    case 'triangle':
      context.moveTo(x, y - r * 0.95);
      context.lineTo(x + r, y + r * 0.85);
      context.lineTo(x - r, y + r * 0.85);
      context.fill();
      return;
    case 'ring':
      context.arc(x, y, r * 0.75, 0, fullTurn);
      fillBehind(context, back);
      context.lineWidth = r * 0.4;
      context.stroke();
      return;
    case 'dashed-ring':
      context.arc(x, y, r * 0.78, 0, fullTurn);
      fillBehind(context, back);
      context.lineWidth = r * 0.32;
      context.setLineDash([r * 0.5, r * 0.32]);
      context.stroke();
      context.setLineDash([]);
      return;
    case 'half-square': {
      const h = r * 0.8;
      context.rect(x - h, y - h, h * 2, h * 2);
      fillBehind(context, back);
      context.lineWidth = r * 0.26;
      context.stroke();
      context.fillStyle = color;
      context.beginPath();
      context.moveTo(x - h, y + h);
      context.lineTo(x - h, y - h);
      context.lineTo(x + h, y - h);
      context.fill();
      return;
    }
  }
}

function fillBehind(context: Context, back: string): void {
  context.fillStyle = back;
  context.fill();
}

/** Filled: something went wrong. A cross for failed, a bar for interrupted. */
function drawFailed(
  context: Context,
  x: number,
  y: number,
  r: number,
  color: string,
  back: string,
  cross: boolean,
): void {
  context.fillStyle = color;
  context.beginPath();
  context.arc(x, y, r * 1.1, 0, fullTurn);
  context.fill();
  context.strokeStyle = back;
  context.lineWidth = r * 0.3;
  sign(context, x, y, r * 0.45, cross);
}

/** Hollow: nothing went wrong, nothing was taken either. A cross for missed, a bar for cancelled. */
function drawMissed(
  context: Context,
  x: number,
  y: number,
  r: number,
  color: string,
  back: string,
  cross: boolean,
): void {
  context.strokeStyle = color;
  context.beginPath();
  context.arc(x, y, r, 0, fullTurn);
  fillBehind(context, back);
  context.lineWidth = r * 0.24;
  context.stroke();
  sign(context, x, y, r * 0.42, cross);
}

function sign(context: Context, x: number, y: number, half: number, cross: boolean): void {
  context.beginPath();
  if (cross) {
    context.moveTo(x - half, y - half);
    context.lineTo(x + half, y + half);
    context.moveTo(x + half, y - half);
    context.lineTo(x - half, y + half);
  } else {
    context.moveTo(x - half * 1.2, y);
    context.lineTo(x + half * 1.2, y);
  }
  context.stroke();
}

/** Not yet read back: a small dot at the upper right. */
export function drawUnverifiedDot(context: Context, x: number, y: number, radius: number, tokens: Tokens): void {
  context.beginPath();
  context.arc(x + radius * 1.15, y - radius * 1.15, 2.2, 0, fullTurn);
  context.fillStyle = tokens.ink2;
  context.fill();
}

/** A safety snapshot, taken before a restore: in brackets. */
export function drawBrackets(context: Context, x: number, y: number, radius: number, tokens: Tokens): void {
  const w = radius * 1.55;
  const h = radius * 1.3;
  context.strokeStyle = tokens.ink3;
  context.lineWidth = 1.2;
  context.beginPath();
  for (const side of [-1, 1]) {
    context.moveTo(x + side * (w - 2.5), y - h);
    context.lineTo(x + side * w, y - h);
    context.lineTo(x + side * w, y + h);
    context.lineTo(x + side * (w - 2.5), y + h);
  }
  context.stroke();
}
