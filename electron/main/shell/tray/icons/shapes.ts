/**
 * Shapes as signed distances: how far a point is outside, negative inside. The picture is 1 wide and 1 high, its centre is
 * the origin, y grows downwards.
 */
export type Shape = (x: number, y: number) => number;

export function disc(radius: number, cx = 0, cy = 0): Shape {
  return (x, y) => Math.hypot(x - cx, y - cy) - radius;
}

export function ring(radius: number, width: number): Shape {
  return (x, y) => Math.abs(Math.hypot(x, y) - radius) - width / 2;
}

/** A line with round ends. */
export function line(ax: number, ay: number, bx: number, by: number, width: number): Shape {
  const [dx, dy] = [bx - ax, by - ay];
  const length2 = dx * dx + dy * dy;
  return (x, y) => {
    const along = Math.min(1, Math.max(0, ((x - ax) * dx + (y - ay) * dy) / length2));
    return Math.hypot(x - ax - along * dx, y - ay - along * dy) - width / 2;
  };
}

/** Part of a ring with round ends, clockwise on the screen from `from` for `span`, both in radians; 0 points right. */
export function arc(radius: number, width: number, from: number, span: number): Shape {
  const end = (angle: number): Shape => disc(width / 2, radius * Math.cos(angle), radius * Math.sin(angle));
  const ends = union(end(from), end(from + span));
  const whole = ring(radius, width);
  return (x, y) => {
    const turn = 2 * Math.PI;
    const past = (((Math.atan2(y, x) - from) % turn) + turn) % turn;
    return past <= span ? whole(x, y) : ends(x, y);
  };
}

export function triangle(...corners: readonly [Point, Point, Point]): Shape {
  return (x, y) => {
    let inside = Number.NEGATIVE_INFINITY;
    let nearest = Number.POSITIVE_INFINITY;
    for (const [at, [ax, ay]] of corners.entries()) {
      const [bx, by] = corners[(at + 1) % 3] ?? [ax, ay];
      nearest = Math.min(nearest, line(ax, ay, bx, by, 0)(x, y));
      inside = Math.max(inside, (x - ax) * (by - ay) - (y - ay) * (bx - ax));
    }
    return inside <= 0 ? -nearest : nearest;
  };
}
type Point = readonly [number, number];

export function union(...shapes: readonly Shape[]): Shape {
  return (x, y) => shapes.reduce((least, shape) => Math.min(least, shape(x, y)), Number.POSITIVE_INFINITY);
}
