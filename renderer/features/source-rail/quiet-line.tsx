import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { SourceId } from '../../../shared/domain/ids.ts';
import type { Lane } from '../../../shared/ipc/timeline.ts';
import { isGoingOn, usualQuietWords, watchingOf } from '../../state/quiet-words.ts';
import { useAnswer } from '../../state/use-answer.ts';
import { formatDay, formatTime } from '../../ui/format/date-time.ts';
import { useNow } from '../../ui/use-now.ts';
import classes from './source-rail.module.css';

/**
 * The newest time in which nobody was seen to write, which the band on the timeline shows, and when it is usually quiet. Where
 * nobody watches, that is said: no band means nothing then.
 */
export function QuietLine({
  sourceId,
  lane,
}: {
  readonly sourceId: SourceId;
  readonly lane: Lane | undefined;
}): ReactNode {
  const { t } = useTranslation('quiet-times');
  const now = useNow(60_000);
  const { value: quiet } = useAnswer('schedule.quiet', { sourceId });
  const at = (ms: number): string => `${formatDay(ms, now)}, ${formatTime(ms)}`;
  const band = lane?.staticBands.at(-1);
  const watching = quiet === null ? null : watchingOf(quiet, now);
  const lastBand = (): string => {
    if (band === undefined) return watching === 'on' ? t('line.none') : '';
    if (isGoingOn(band.to, now)) return t('line.since', { from: at(band.from) });
    const until = formatDay(band.from, now) === formatDay(band.to, now) ? formatTime(band.to) : at(band.to);
    return t('line.from', { from: at(band.from), to: until });
  };
  const seen = lastBand();
  return (
    <>
      <dt>{t('line.title')}</dt>
      <dd>
        {seen}
        {watching === 'never' && band === undefined && <span className={classes.quiet}>{t('line.never')}</span>}
        {watching === 'off' && (
          <div className={classes.quiet}>{t('line.off', { when: at(quiet?.watchedUntil ?? now) })}</div>
        )}
        {quiet !== null && quiet.usual !== null && <div>{usualQuietWords(quiet.usual, wallClock, t)}</div>}
      </dd>
    </>
  );
}

/** Minutes from midnight as the locale writes them. */
function wallClock(minutes: number): string {
  return formatTime(new Date(2024, 0, 1, 0, minutes).getTime());
}
