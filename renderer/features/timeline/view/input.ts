import type { Hit, TimelineController } from '../control/controller.ts';

const dragThreshold = 4;
/** One notch of a wheel (100 px in Chromium) zooms by a quarter. */
const wheelStep = 0.0022;
const pinchStep = 0.012;
const lineHeight = 16;

export interface InputHandlers {
  readonly onHover: (hit: Hit | null, x: number, y: number) => void;
  readonly onClick: (hit: Hit, x: number, y: number) => void;
  readonly onDoubleClick: (hit: Hit) => void;
}

/** Turns wheel, pinch and drag on the lanes into moves of the controller. Returns how to stop. */
export function listenForInput(
  scroller: HTMLElement,
  controller: TimelineController,
  handlers: InputHandlers,
): () => void {
  const stop = new AbortController();
  const { signal } = stop;
  const at = (event: MouseEvent): { x: number; y: number } => {
    const box = scroller.getBoundingClientRect();
    return { x: event.clientX - box.left, y: event.clientY - box.top };
  };
  let drag: { x: number; y: number; moved: boolean } | null = null;

  scroller.addEventListener(
    'wheel',
    (event) => {
      // Over the names of the lanes, and with Alt, the wheel scrolls the lanes.
      if (event.altKey || (event.target as Element).closest('[data-lane-label]') !== null) return;
      event.preventDefault();
      const unit = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? lineHeight : 1;
      const sideways = event.shiftKey && event.deltaX === 0 ? event.deltaY : event.deltaX;
      if (event.shiftKey || Math.abs(event.deltaX) > Math.abs(event.deltaY)) controller.pan(sideways * unit);
      else controller.zoom(at(event).x, Math.exp(-event.deltaY * unit * (event.ctrlKey ? pinchStep : wheelStep)));
    },
    { passive: false, signal },
  );

  scroller.addEventListener(
    'pointerdown',
    (event) => {
      if (event.button !== 0 || (event.target as Element).closest('button') !== null) return;
      drag = { x: event.clientX, y: event.clientY, moved: false };
    },
    { signal },
  );
  scroller.addEventListener(
    'pointermove',
    (event) => {
      const { x, y } = at(event);
      if (drag === null) {
        handlers.onHover(controller.hit(x, y), x, y);
        return;
      }
      if (!drag.moved) {
        if (Math.hypot(event.clientX - drag.x, event.clientY - drag.y) < dragThreshold) return;
        drag.moved = true;
        scroller.setPointerCapture(event.pointerId);
        scroller.dataset.dragging = 'true';
        handlers.onHover(null, x, y);
      }
      controller.pan(drag.x - event.clientX);
      scroller.scrollTop += drag.y - event.clientY;
      drag.x = event.clientX;
      drag.y = event.clientY;
    },
    { signal },
  );
  const end = (event: PointerEvent): void => {
    const ended = drag;
    drag = null;
    delete scroller.dataset.dragging;
    if (ended === null || ended.moved || event.type === 'pointercancel') return;
    const { x, y } = at(event);
    handlers.onClick(controller.hit(x, y), x, y);
  };
  scroller.addEventListener('pointerup', end, { signal });
  scroller.addEventListener('pointercancel', end, { signal });
  scroller.addEventListener('pointerleave', () => handlers.onHover(null, 0, 0), { signal });
  scroller.addEventListener(
    'dblclick',
    (event) => {
      if ((event.target as Element).closest('button') !== null) return;
      const { x, y } = at(event);
      handlers.onDoubleClick(controller.hit(x, y));
    },
    { signal },
  );
  return () => stop.abort();
}
