import type { TrayIcon } from '../../../jobs/tray-model.ts';
import { arc, disc, line, ring, type Shape, triangle, union } from './shapes.ts';

const radius = 0.385;
const width = 0.105;
const round = ring(radius, width);
/** The still point. */
const point = disc(0.17);
const arrowEnd = -0.3;
const arrowStart = 0.35;

/** Our mark is a ring with a point at rest in it; what is inside, or whether the ring moves, says how things are. */
export const trayShapes: Readonly<Record<TrayIcon, Shape>> = {
  safe: union(round, point),
  empty: round,
  running: union(
    arc(radius, width, arrowStart, 2 * Math.PI + arrowEnd - arrowStart - 0.35),
    arrowHead(arrowEnd),
    disc(0.12),
  ),
  waiting: union(round, line(0, 0, 0, -0.21, 0.1), line(0, 0, 0.15, 0.09, 0.1)),
  paused: union(round, line(-0.1, -0.14, -0.1, 0.14, 0.11), line(0.1, -0.14, 0.1, 0.14, 0.11)),
  attention: union(round, line(0, -0.19, 0, 0.04, 0.115), disc(0.07, 0, 0.19)),
  failed: disc(radius + width / 2),
};

/** What is cut out of a filled shape. */
export const trayHoles: Partial<Readonly<Record<TrayIcon, Shape>>> = {
  failed: union(line(-0.15, -0.15, 0.15, 0.15, 0.115), line(0.15, -0.15, -0.15, 0.15, 0.115)),
};

/** Points clockwise along the ring, its tip at this angle. */
function arrowHead(angle: number): Shape {
  const base = angle - 0.62;
  const at = (distance: number, turn: number): readonly [number, number] => [
    distance * Math.cos(turn),
    distance * Math.sin(turn),
  ];
  return triangle(at(radius - 0.14, base), at(radius + 0.14, base), at(radius, angle + 0.06));
}
