export interface Rectangle {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export const smallestSize = { width: 900, height: 600 };
export const firstSize = { width: 1280, height: 840 };

/** So much of the title bar must be on a screen that the window can be taken hold of. Pixels. */
const graspable = { width: 100, height: 40 };

/**
 * Where to open a window that was last at `kept`: there, if it can be seen on the screens there are now; else the size
 * alone is kept, within the first screen, and the desktop finds a place.
 */
export function openingBounds(
  kept: Rectangle | null,
  workAreas: readonly Rectangle[],
): Partial<Rectangle> & Pick<Rectangle, 'width' | 'height'> {
  const screen = workAreas[0];
  const size = {
    width: within(kept?.width ?? firstSize.width, smallestSize.width, screen?.width),
    height: within(kept?.height ?? firstSize.height, smallestSize.height, screen?.height),
  };
  const isVisible = kept !== null && workAreas.some((area) => canBeGrasped(kept, area));
  return isVisible ? { x: kept.x, y: kept.y, ...size } : size;
}

function within(value: number, least: number, most: number | undefined): number {
  return Math.max(least, Math.min(value, most ?? value));
}

function canBeGrasped(window: Rectangle, area: Rectangle): boolean {
  const visibleWidth = Math.min(window.x + window.width, area.x + area.width) - Math.max(window.x, area.x);
  const top = window.y - area.y;
  return visibleWidth >= graspable.width && top >= 0 && top <= area.height - graspable.height;
}
