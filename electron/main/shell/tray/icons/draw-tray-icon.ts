import type { TrayIcon } from '../../../jobs/tray-model.ts';
import { trayHoles, trayShapes } from './tray-shapes.ts';

/** The colour of the shape and of its edge, which keeps it visible where the panel is not what the theme says. */
const inks = { light: { ink: 0x24, edge: 0xff }, dark: { ink: 0xff, edge: 0x12 } };
/** Widths of the edge and of the soft border of everything, the latter in pixels. */
const edgeWidth = 0.05;
const softPixels = 1;

/**
 * Draws one icon, `size` pixels wide and high, as Electron wants bitmaps: blue, green, red, alpha, premultiplied. The
 * theme is that of the panel.
 */
export function drawTrayIcon(icon: TrayIcon, size: number, theme: keyof typeof inks): Uint8Array {
  const { ink, edge } = inks[theme];
  const shape = trayShapes[icon];
  const hole = trayHoles[icon];
  const pixels = new Uint8Array(size * size * 4);
  const cover = (distance: number): number => Math.min(1, Math.max(0, 0.5 - (distance * size) / softPixels));
  for (let row = 0; row < size; row += 1) {
    for (let column = 0; column < size; column += 1) {
      const [x, y] = [(column + 0.5) / size - 0.5, (row + 0.5) / size - 0.5];
      const inked = Math.min(cover(shape(x, y)), hole ? 1 - cover(hole(x, y)) : 1);
      const alpha = Math.max(inked, cover(shape(x, y) - edgeWidth) * 0.9);
      const grey = Math.round(ink * inked + edge * (alpha - inked));
      pixels.set([grey, grey, grey, Math.round(alpha * 255)], (row * size + column) * 4);
    }
  }
  return pixels;
}
