import type { ReactNode } from 'react';
import { Trans, useTranslation } from 'react-i18next';
import { formatBytes } from '../../ui/format/bytes.ts';
import { formatDay, formatTime } from '../../ui/format/date-time.ts';
import { formatDuration } from '../../ui/format/duration.ts';
import { formatList } from '../../ui/format/list.ts';
import classes from './details.module.css';
import type { Details } from './facts/details.ts';
import { barrierOf } from './facts/member-spans.ts';
import { askedApart, type Stillness, stillnessOf } from './facts/stillness.ts';

/** Where a bare “Verified” cannot be heard as more than was shown: what was read back is then also what was there. */
const soundsGood: ReadonlySet<Stillness['kind']> = new Set([
  'held',
  'application',
  'filesystem',
  'crash',
  'observed-static',
]);

/** The plain sentence that stands first. */
export function Sentence({ details }: { readonly details: Details }): ReactNode {
  const { t } = useTranslation(['snapshot-details', 'levels']);
  const { mark } = details;
  const stillness = stillnessOf(details);
  const apart = askedApart(details);
  return (
    <div className={classes.sentence}>
      <p>
        <Trans t={t} components={{ b: <strong /> }} {...wordsOf(stillness, t)} />{' '}
        {mark.files !== null && (
          <>
            {t('sentence.counts', { count: mark.files, size: formatBytes(mark.bytes ?? 0) })}
            {mark.newBytes !== null && t('sentence.new', { size: formatBytes(mark.newBytes) })}.{' '}
          </>
        )}
        {t(
          mark.verified
            ? soundsGood.has(stillness.kind)
              ? 'sentence.verified'
              : 'sentence.readBack'
            : 'sentence.unverified',
        )}
      </p>
      <Together details={details} />
      <CopiedFirst details={details} />
      {apart !== null && (
        <p className={classes.quiet}>
          {t('sentence.asked', { point: moment(apart.point, apart.asked), asked: moment(apart.asked, apart.point) })}
        </p>
      )}
      {mark.kind === 'safety' && <p className={classes.quiet}>{t('sentence.safety')}</p>}
    </div>
  );
}

/** Of which places it is, where it is of several. */
function Together({ details: { evidence, mark, summary } }: { readonly details: Details }): ReactNode {
  const { t } = useTranslation('snapshot-details');
  if (summary.paths.length < 2) return null;
  const isHeld =
    mark.level === 'filesystem' && evidence?.level === mark.level && barrierOf(evidence.members)?.together != null;
  return (
    <p className={classes.quiet}>
      {t(isHeld ? 'sentence.together' : 'sentence.places', { places: formatList(summary.paths) })}
    </p>
  );
}

/** What the pause was spent on, where nearly everything had been copied before. */
function CopiedFirst({ details: { evidence, mark } }: { readonly details: Details }): ReactNode {
  const { t } = useTranslation('snapshot-details');
  const tracking = evidence?.tracking ?? null;
  if (tracking === null || evidence?.hold == null || evidence.level !== mark.level) return null;
  const { filesInside, bytesInside } = tracking;
  return (
    <p className={classes.quiet}>{t('sentence.copiedFirst', { count: filesInside, size: formatBytes(bytesInside) })}</p>
  );
}

interface Words {
  readonly i18nKey: string;
  readonly values?: Readonly<Record<string, unknown>>;
  readonly count?: number;
}

function wordsOf(stillness: Stillness, t: (key: string) => string): Words {
  switch (stillness.kind) {
    case 'held':
      return { i18nKey: 'sentence.held', values: { duration: formatDuration(stillness.stallMs) } };
    case 'application':
      return stillness.stallMs === null
        ? { i18nKey: 'sentence.application', values: { application: stillness.application } }
        : {
            i18nKey: 'sentence.applicationHeld',
            values: { application: stillness.application, duration: formatDuration(stillness.stallMs) },
          };
    case 'torn':
      return { i18nKey: 'sentence.torn', count: stillness.files, values: { count: stillness.files } };
    case 'noEvidence':
      return { i18nKey: 'sentence.noEvidence', values: { label: t(`levels:${stillness.level}.label`) } };
    default:
      return { i18nKey: `sentence.${stillness.kind}` };
  }
}

/** The time alone when both are on the same day. */
function moment(time: number, other: number): string {
  const sameDay = formatDay(time, other) === formatDay(other, other);
  return sameDay ? formatTime(time) : `${formatDay(time, Date.now())}, ${formatTime(time)}`;
}
