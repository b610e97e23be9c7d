import { describe, expect, it } from 'vitest';
import { openingBounds } from './window-bounds.ts';

describe('openingBounds', () => {
  const screen = { x: 0, y: 0, width: 1920, height: 1080 };
  const kept = { x: 100, y: 50, width: 1000, height: 700 };

  it('opens where it was', () => {
    expect(openingBounds(kept, [screen])).toEqual(kept);
    const second = { ...screen, x: 1920 };
    expect(openingBounds({ ...kept, x: 2500 }, [screen, second])).toEqual({ ...kept, x: 2500 });
  });

  it.each([
    ['right of every screen', { ...kept, x: 1900 }],
    ['left of every screen', { ...kept, x: -950 }],
    ['above, where no title bar can be reached', { ...kept, y: -20 }],
    ['below', { ...kept, y: 1079 }],
  ])('keeps only the size of a window that is %s', (_where, lost) => {
    expect(openingBounds(lost, [screen])).toEqual({ width: 1000, height: 700 });
  });

  it('stays within the screen, and never below what is usable', () => {
    const small = { x: 0, y: 0, width: 1000, height: 500 };
    expect(openingBounds({ ...kept, width: 4000, height: 3000 }, [small])).toMatchObject({ width: 1000, height: 600 });
    expect(openingBounds({ ...kept, width: 10, height: 10 }, [screen])).toMatchObject({ width: 900, height: 600 });
    expect(openingBounds(null, [screen])).toEqual({ width: 1280, height: 840 });
  });
});
