import { useEffect } from 'react';
import type { TimelineController } from '../control/controller.ts';

const shortest = 100;
const longest = 20_000;

/** Keeps the now line, and what grows toward it, moving: a frame for about every pixel now has moved. */
export function useClock(controller: TimelineController, live: boolean): void {
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout>;
    const beat = (): void => {
      if (!document.hidden) controller.tick();
      const perPixel = controller.viewport.span / Math.max(1, controller.width);
      timer = setTimeout(beat, Math.min(live ? 1_000 : longest, Math.max(shortest, perPixel)));
    };
    timer = setTimeout(beat, shortest);
    return () => clearTimeout(timer);
  }, [controller, live]);
}
