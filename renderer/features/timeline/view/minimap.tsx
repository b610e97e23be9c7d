import { type PointerEvent, type ReactNode, useEffect, useLayoutEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useTokens } from '../../../ui/theme/theme-provider.tsx';
import type { TimelineController } from '../control/controller.ts';
import { useSignal } from '../control/use-signal.ts';
import { drawMinimap, minimapBin, minimapHeight } from '../draw/draw-minimap.ts';
import { histogramOf } from '../layout/histogram.ts';
import { rankOf } from '../layout/item-kind.ts';
import { startOf } from '../time/viewport.ts';
import classes from './minimap.module.css';

const narrowest = 8;
/** The overview of a new repository shows a week, most of it still empty. */
const shortest = 7 * 86_400_000;

/** All snapshots at once, and which part of them the lanes show; drag it to show another. */
export function Minimap({ controller }: { readonly controller: TimelineController }): ReactNode {
  const { t } = useTranslation('timeline');
  const tokens = useTokens();
  const canvas = useRef<HTMLCanvasElement>(null);
  const window_ = useRef<HTMLDivElement>(null);
  const [width, setWidth] = useState(0);
  useSignal(controller.rowsChanged);
  const { extent, lanes } = controller;
  const now = controller.now;
  const first = Math.min(extent?.first ?? now, now - shortest);
  const reach = now - first;
  const from = first - reach * 0.02;
  const to = now + reach * 0.03;

  useLayoutEffect(() => {
    const element = canvas.current;
    if (element === null) return;
    const resize = new ResizeObserver(() => setWidth(element.clientWidth));
    resize.observe(element);
    return () => resize.disconnect();
  }, []);

  // biome-ignore lint/correctness/useExhaustiveDependencies: `to` follows now; the bars need not.
  useEffect(() => {
    const element = canvas.current;
    const context = element?.getContext('2d', { alpha: false });
    if (element === null || context === null || context === undefined || width === 0) return;
    const scale = window.devicePixelRatio;
    element.width = Math.round(width * scale);
    element.height = Math.round(minimapHeight * scale);
    context.setTransform(scale, 0, 0, scale, 0, 0);
    drawMinimap(context, histogramOf(lanes, from, to, Math.floor(width / minimapBin), rankOf('torn')), width, tokens);
  }, [lanes, width, tokens, from]);

  useEffect(() => {
    const place = (): void => {
      const element = window_.current;
      if (element === null || width === 0) return;
      const { viewport } = controller;
      const left = ((startOf(viewport) - from) / (to - from)) * width;
      const wide = Math.max(narrowest, (viewport.span / (to - from)) * width);
      const x = Math.min(Math.max(left, 0), width - narrowest);
      element.style.transform = `translateX(${x}px)`;
      element.style.width = `${Math.min(wide - (x - left), width - x)}px`;
    };
    place();
    return controller.framed.subscribe(place);
  }, [controller, width, from, to]);

  const drag = (event: PointerEvent<HTMLDivElement>): void => {
    if (event.type === 'pointerdown') event.currentTarget.setPointerCapture(event.pointerId);
    else if (event.buttons === 0) return;
    const box = event.currentTarget.getBoundingClientRect();
    controller.jump(from + ((event.clientX - box.left) / box.width) * (to - from));
  };

  return (
    <div
      className={classes.minimap}
      role="img"
      aria-label={t('minimap')}
      title={t('minimapHint')}
      onPointerDown={drag}
      onPointerMove={drag}
    >
      <canvas ref={canvas} style={{ height: minimapHeight }} className={classes.canvas} />
      <div ref={window_} className={classes.window} />
    </div>
  );
}
