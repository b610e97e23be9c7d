import { disc, ring, type Shape, union } from '../tray/icons/shapes.ts';

/** Accent of the light theme, and what stands on it. */
const tile = [0x0b, 0x72, 0x85] as const;
const mark = [0xff, 0xff, 0xff] as const;
const corner = 0.22;
const half = 0.46;

const shape: Shape = union(ring(0.27, 0.07), disc(0.11));

/** A square with round corners. */
function square(x: number, y: number): number {
  const [dx, dy] = [Math.abs(x) - half + corner, Math.abs(y) - half + corner];
  return Math.hypot(Math.max(dx, 0), Math.max(dy, 0)) + Math.min(Math.max(dx, dy), 0) - corner;
}

/** The app's own picture, `size` pixels wide and high: red, green, blue, alpha; not premultiplied. */
export function drawAppIcon(size: number): Uint8Array {
  const pixels = new Uint8Array(size * size * 4);
  const cover = (distance: number): number => Math.min(1, Math.max(0, 0.5 - distance * size));
  for (let row = 0; row < size; row += 1) {
    for (let column = 0; column < size; column += 1) {
      const [x, y] = [(column + 0.5) / size - 0.5, (row + 0.5) / size - 0.5];
      const marked = cover(shape(x, y));
      const colour = tile.map((value, at) => Math.round(value + ((mark[at] ?? 0) - value) * marked));
      pixels.set([...colour, Math.round(cover(square(x, y)) * 255)], (row * size + column) * 4);
    }
  }
  return pixels;
}
