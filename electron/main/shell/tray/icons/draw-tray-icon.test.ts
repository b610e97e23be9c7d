import { describe, expect, it } from 'vitest';
import type { TrayIcon } from '../../../jobs/tray-model.ts';
import { drawTrayIcon } from './draw-tray-icon.ts';
import { trayShapes } from './tray-shapes.ts';

const icons = Object.keys(trayShapes) as TrayIcon[];
const sizes = [16, 22, 24, 32, 64];

/** How much of each pixel is ink: 0 to 1, whatever colour the ink has. */
function inkOf(icon: TrayIcon, size: number, theme: 'light' | 'dark'): number[] {
  const pixels = drawTrayIcon(icon, size, theme);
  return Array.from({ length: size * size }, (_, at) => {
    const [grey = 0, , , alpha = 0] = pixels.subarray(at * 4, at * 4 + 4);
    return theme === 'dark' ? grey / 255 : Math.max(0, alpha - grey) / 255;
  });
}

describe('icons', () => {
  it.each(sizes)('differ in shape at %i pixels, not in colour alone', (size) => {
    for (const [at, one] of icons.entries()) {
      for (const other of icons.slice(at + 1)) {
        const [a, b] = [inkOf(one, size, 'dark'), inkOf(other, size, 'dark')];
        const differing = a.filter((ink, pixel) => Math.abs(ink - (b[pixel] ?? 0)) > 0.5).length;
        expect(differing, `${one} and ${other}`).toBeGreaterThanOrEqual(size / 3);
      }
    }
  });

  it.each(icons)('%s is whole: its ink does not reach the rim', (icon) => {
    for (const size of sizes) {
      const ink = inkOf(icon, size, 'dark');
      const rim = ink.filter(
        (_, at) => [0, size - 1].includes(at % size) || [0, size - 1].includes(Math.floor(at / size)),
      );
      expect(Math.max(...rim), `${size} px`).toBeLessThan(0.5);
      expect(ink.filter((value) => value > 0.9).length, `${size} px`).toBeGreaterThan(size);
    }
  });

  it.each(['light', 'dark'] as const)('are seen on a panel of the other theme too: %s', (theme) => {
    const backdrop = theme === 'light' ? 0x2b : 0xf5;
    for (const icon of icons) {
      const pixels = drawTrayIcon(icon, 24, theme);
      const seen = Array.from({ length: 24 * 24 }, (_, at) => {
        const [grey = 0, , , alpha = 0] = pixels.subarray(at * 4, at * 4 + 4);
        return contrast(grey + backdrop * (1 - alpha / 255), backdrop);
      });
      expect(seen.filter((ratio) => ratio >= 3).length, icon).toBeGreaterThan(24);
    }
  });

  it('are premultiplied, as Electron wants them', () => {
    const pixels = drawTrayIcon('safe', 22, 'dark');
    for (let at = 0; at < pixels.length; at += 4) expect(pixels[at]).toBeLessThanOrEqual(pixels[at + 3] ?? 0);
  });
});

/** Of two greys. Source: WCAG 2.2, contrast ratio. */
function contrast(a: number, b: number): number {
  const light = (grey: number): number => {
    const part = grey / 255;
    return part <= 0.040_45 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  };
  const [high, low] = [Math.max(light(a), light(b)), Math.min(light(a), light(b))];
  return (high + 0.05) / (low + 0.05);
}
