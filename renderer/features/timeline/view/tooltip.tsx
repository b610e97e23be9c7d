import { type ReactNode, useLayoutEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { formatBytes } from '../../../ui/format/bytes.ts';
import { formatDay } from '../../../ui/format/date-time.ts';
import { formatDuration } from '../../../ui/format/duration.ts';
import { LevelMark } from '../../../ui/level-mark.tsx';
import type { ShownLevel } from '../../../ui/level-shape.ts';
import type { Hit, TimelineController } from '../control/controller.ts';
import { type ItemKind, itemKinds } from '../layout/item-kind.ts';
import { failureAt, type LaneIndex, missedAt, snapshotAt } from '../layout/lane-index.ts';
import { toX } from '../time/viewport.ts';
import { missedSpan, type Words, whenOf } from './item-words.ts';
import { OutcomeMark } from './outcome-mark.tsx';
import classes from './stage.module.css';

/** What is under the pointer, in words. */
export function HoverTooltip({
  controller,
  hit,
}: {
  readonly controller: TimelineController;
  readonly hit: Hit;
}): ReactNode {
  const { t } = useTranslation(['timeline', 'levels']);
  const element = useRef<HTMLDivElement>(null);
  const index = controller.lanes[hit.lane];
  const row = controller.rows.rows[hit.lane];

  useLayoutEffect(() => {
    const place = (): void => {
      const tip = element.current;
      if (tip === null || index === undefined || row === undefined) return;
      const from = index.times[hit.first] ?? 0;
      const to = index.times[hit.last] ?? from;
      const x = toX(controller.viewport, controller.width, from + (to - from) / 2);
      const y = row.top - controller.scrollTop;
      const below = y + row.lane + 4;
      const top = below + tip.offsetHeight > controller.height ? y - tip.offsetHeight : below;
      const left = Math.min(Math.max(x - tip.offsetWidth / 2, 4), controller.width - tip.offsetWidth - 4);
      tip.style.transform = `translate(${left}px, ${top}px)`;
    };
    place();
    return controller.framed.subscribe(place);
  }, [controller, hit, index, row]);

  if (index === undefined || hit.first < 0) return null;
  return (
    <div ref={element} className={classes.tooltip} role="tooltip">
      {hit.first === hit.last ? (
        <One index={index} at={hit.first} now={controller.now} t={t} />
      ) : (
        <Many index={index} hit={hit} now={controller.now} t={t} />
      )}
    </div>
  );
}

interface Part {
  readonly index: LaneIndex;
  readonly now: number;
  readonly t: Words;
}

function One({ index, at, now, t }: Part & { readonly at: number }): ReactNode {
  const failure = failureAt(index, at);
  const missed = missedAt(index, at);
  const snapshot = snapshotAt(index, at);
  if (missed !== undefined) {
    return (
      <>
        <strong>{missedSpan(missed.from, missed.to, now)}</strong>
        <span>{t('tip.notMade', { count: missed.runs, text: missed.text })}</span>
        {missed.to > missed.from && <span className={classes.quiet}>{t('tip.zoom')}</span>}
      </>
    );
  }
  if (failure !== undefined) {
    const kind = itemKinds[index.ranks[at] ?? 0] ?? 'failed';
    return (
      <>
        <strong>{whenOf(failure.at, now)}</strong>
        <span>{t(`tip.${kind as 'failed'}`, { text: failure.text })}</span>
        <span className={classes.quiet}>{t('tip.openRun')}</span>
      </>
    );
  }
  if (snapshot === undefined) return null;
  const level: ShownLevel = snapshot.level ?? 'unknown';
  return (
    <>
      <strong>{whenOf(snapshot.time, now)}</strong>
      <span className={classes.tipLine}>
        <LevelMark level={level} size={11} /> {t(`levels:${level}.label`)}
      </span>
      {snapshot.stallMs !== null && <span>{t('tip.held', { duration: formatDuration(snapshot.stallMs) })}</span>}
      {snapshot.files !== null && (
        <span>{t('tip.files', { count: snapshot.files, size: formatBytes(snapshot.bytes ?? 0) })}</span>
      )}
      {snapshot.newBytes !== null && <span>{t('tip.new', { size: formatBytes(snapshot.newBytes) })}</span>}
      <span className={classes.quiet}>
        {t(snapshot.kind === 'safety' ? 'tip.safety' : snapshot.verified ? 'tip.verified' : 'tip.unverified')}
      </span>
    </>
  );
}

function Many({ index, hit, now, t }: Part & { readonly hit: Hit }): ReactNode {
  const counts = new Map<ItemKind, number>();
  let longest = -1;
  for (let at = hit.first; at <= hit.last; at += 1) {
    const kind = itemKinds[index.ranks[at] ?? 0] ?? 'unknown';
    counts.set(kind, (counts.get(kind) ?? 0) + (index.runs[at] ?? 1));
    longest = Math.max(longest, index.stalls[at] ?? -1);
  }
  const from = index.times[hit.first] ?? 0;
  const to = index.times[hit.last] ?? from;
  const sameDay = formatDay(from, now) === formatDay(to, now);
  return (
    <>
      <strong>
        {t('tip.clusterRange', {
          from: sameDay ? whenOf(from, now) : formatDay(from, now),
          to: sameDay ? whenOf(to, now).split(', ').at(-1) : formatDay(to, now),
        })}
      </strong>
      {[...counts].map(([kind, count]) => (
        <span key={kind} className={classes.tipLine}>
          {isLevel(kind) ? <LevelMark level={kind} size={11} /> : <OutcomeMark kind={kind} size={12} />}
          {t('tip.of', { count, label: isLevel(kind) ? t(`levels:${kind}.label`) : t(`outcome.${kind}`) })}
        </span>
      ))}
      {longest >= 0 && <span>{t('tip.longest', { duration: formatDuration(longest) })}</span>}
      <span className={classes.quiet}>{t('tip.zoom')}</span>
    </>
  );
}

type OutcomeKind = 'missed' | 'failed' | 'interrupted' | 'cancelled';

function isLevel(kind: ItemKind): kind is Exclude<ItemKind, OutcomeKind> {
  return kind !== 'missed' && kind !== 'failed' && kind !== 'interrupted' && kind !== 'cancelled';
}
