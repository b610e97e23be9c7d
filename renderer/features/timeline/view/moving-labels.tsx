import { type ReactNode, useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { formatTime } from '../../../ui/format/date-time.ts';
import type { TimelineController } from '../control/controller.ts';
import { useSignal } from '../control/use-signal.ts';
import { snapshotAt } from '../layout/lane-index.ts';
import { toX } from '../time/viewport.ts';
import { stillnessOf } from './item-words.ts';
import classes from './stage.module.css';

/** The label of the selected snapshot. It is moved after every frame without a render. */
export function SelectionLabel({ controller }: { readonly controller: TimelineController }): ReactNode {
  const { t } = useTranslation(['timeline', 'levels']);
  const element = useRef<HTMLDivElement>(null);
  useSignal(controller.rowsChanged);
  const index = controller.lanes[controller.selectedLane];
  const snapshot = index === undefined ? undefined : snapshotAt(index, controller.selectedItem);
  const row = controller.rows.rows[controller.selectedLane];

  useEffect(() => {
    const place = (): void => {
      const label = element.current;
      if (label === null || snapshot === undefined) return;
      const x = toX(controller.viewport, controller.width, snapshot.time);
      const half = label.offsetWidth / 2;
      label.style.visibility = x < -1 || x > controller.width + 1 ? 'hidden' : 'visible';
      label.style.transform = `translateX(${Math.min(Math.max(x - half, 4), controller.width - half * 2 - 4)}px)`;
    };
    place();
    return controller.framed.subscribe(place);
  });

  if (snapshot === undefined || row === undefined) return null;
  return (
    <div
      ref={element}
      className={classes.selectionLabel}
      style={{ top: row.top + (controller.rows.compact ? 1 : 4) }}
      aria-hidden="true"
    >
      {t('label.level', { time: formatTime(snapshot.time), level: stillnessOf(snapshot, t) })}
    </div>
  );
}

/** The time at the now line. */
export function NowLabel({ controller }: { readonly controller: TimelineController }): ReactNode {
  const element = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const place = (): void => {
      const label = element.current;
      if (label === null) return;
      const now = controller.now;
      const x = toX(controller.viewport, controller.width, now);
      const text = formatTime(now);
      if (label.textContent !== text) label.textContent = text;
      const half = label.offsetWidth / 2;
      label.style.visibility = x < 0 || x > controller.width ? 'hidden' : 'visible';
      label.style.transform = `translateX(${Math.min(Math.max(x - half, 2), controller.width - half * 2 - 2)}px)`;
    };
    place();
    return controller.framed.subscribe(place);
  }, [controller]);
  return <div ref={element} className={classes.nowLabel} aria-hidden="true" />;
}
