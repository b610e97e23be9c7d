import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { Evidence, PathNote, Tracking } from '../../../shared/domain/evidence.ts';
import { instantToMs } from '../../../shared/domain/time.ts';
import { formatBytes } from '../../ui/format/bytes.ts';
import { calendarDaysBetween, formatDateTime, formatTimeMs } from '../../ui/format/date-time.ts';
import { formatDuration } from '../../ui/format/duration.ts';
import classes from './details.module.css';
import { Fact } from './fact.tsx';
import { pauseParts } from './facts/pause-parts.ts';
import { PathNotes } from './path-notes.tsx';

/** Everything that was done to take it, in the order in which it was done. */
export function Steps({ evidence }: { readonly evidence: Evidence }): ReactNode {
  const { t } = useTranslation('snapshot-details');
  const { tracking, flushedAt, detail } = evidence;
  return (
    <dl className={classes.facts}>
      {tracking !== null && <Before tracking={tracking} stillMs={instantToMs(evidence.stillPoint)} />}
      {flushedAt !== null && <Fact name={t('steps.flushed')}>{formatTimeMs(instantToMs(flushedAt))}</Fact>}
      <Pause evidence={evidence} />
      {tracking !== null && <After tracking={tracking} />}
      {typeof detail.trustedPrograms === 'string' && <Fact name={t('steps.trusted')}>{detail.trustedPrograms}</Fact>}
    </dl>
  );
}

/** While writers went on. */
function Before({ tracking, stillMs }: { readonly tracking: Tracking; readonly stillMs: number }): ReactNode {
  const { t } = useTranslation('snapshot-details');
  const { startedAt, continuedFrom, gaps, passes } = tracking;
  const read = passes.filter(({ files, bytes }) => files > 0 || bytes > 0);
  return (
    <>
      <Fact name={t('steps.since')}>
        {t(continuedFrom === null ? 'steps.sinceNothing' : 'steps.sinceVersion')}
        {gaps > 0 && <div>{t('steps.gaps', { count: gaps })}</div>}
      </Fact>
      <Fact name={t('steps.followed')}>
        {t('steps.followedFrom', { when: since(instantToMs(startedAt), stillMs) })}
      </Fact>
      <Fact name={t('steps.passes')}>
        {read.length === 0
          ? t('steps.noPasses')
          : read.map(({ files, bytes, durationMs }, index) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: passes have an order and nothing else.
              <div key={index}>
                {t('steps.pass', { count: files, size: formatBytes(bytes), duration: formatDuration(durationMs) })}
              </div>
            ))}
      </Fact>
    </>
  );
}

/** With its day where that is another one than the still point's. */
function since(at: number, stillMs: number): string {
  return calendarDaysBetween(at, stillMs) === 0 ? formatTimeMs(at) : formatDateTime(at);
}

/** While writers were held. */
function Pause({ evidence: { hold, probe, tracking } }: { readonly evidence: Evidence }): ReactNode {
  const { t } = useTranslation('snapshot-details');
  if (hold === null) return null;
  const { freezeMs, restMs, thawMs } = pauseParts(hold);
  return (
    <>
      <Fact name={t('steps.kernel')}>
        {t('steps.kernelText', {
          stall: formatDuration(hold.stallMs),
          freeze: formatDuration(freezeMs),
          rest: formatDuration(restMs),
          thaw: formatDuration(thawMs),
        })}
      </Fact>
      {probe !== null && (
        <Fact name={t('steps.probe')}>
          {t('steps.probeText', { count: probe.steps, duration: formatDuration(probe.longestMs) })}
        </Fact>
      )}
      <Fact name={t('steps.lease')}>{t('steps.leaseText', { duration: formatDuration(hold.leaseMs) })}</Fact>
      <Fact name={t('steps.inside')}>{hold.readInside ? t('steps.insideAll') : <Inside tracking={tracking} />}</Fact>
    </>
  );
}

function Inside({ tracking }: { readonly tracking: Tracking | null }): ReactNode {
  const { t } = useTranslation('snapshot-details');
  const { filesInside = 0, foldersInside = 0, bytesInside = 0 } = tracking ?? {};
  if (filesInside === 0 && foldersInside === 0) return t('steps.insideNothing');
  return (
    <>
      {filesInside > 0 && <div>{t('steps.insideFiles', { count: filesInside, size: formatBytes(bytesInside) })}</div>}
      {foldersInside > 0 && <div>{t('steps.insideFolders', { count: foldersInside })}</div>}
    </>
  );
}

/** Who else could have written, and what is not certain. */
function After({ tracking }: { readonly tracking: Tracking }): ReactNode {
  const { t } = useTranslation('snapshot-details');
  const { openForWriting, restatInside, suspects, suspectsTotal, suspectsSettled, hotFiles, retries, doubts } =
    tracking;
  const notes = suspects.map(({ path, kind }): PathNote => ({ path, reason: t(`proof.suspectKind.${kind}`) }));
  const unsettled = suspectsTotal - suspectsSettled;
  return (
    <>
      <Fact name={t('steps.open')}>
        {t(restatInside || openForWriting === 0 ? 'steps.openLooked' : 'steps.openNotLooked', {
          count: openForWriting,
        })}
      </Fact>
      <Fact name={t('steps.unseen')}>
        {suspectsTotal === 0 ? (
          t('proof.none')
        ) : (
          <>
            <PathNotes notes={notes} total={suspectsTotal} tone={unsettled > 0 ? 'bad' : 'plain'} />
            {unsettled > 0
              ? t('steps.unseenOpen', { count: unsettled })
              : t('steps.unseenSettled', { count: suspectsTotal })}
          </>
        )}
        {!tracking.writerScanComplete && <div>{t('proof.suspectGap', { why: tracking.writerScanGap })}</div>}
      </Fact>
      {hotFiles > 0 && <Fact name={t('steps.hot')}>{t('steps.hotText', { count: hotFiles })}</Fact>}
      {retries.length > 0 && <Lines name={t('steps.retries')} lines={retries} />}
      {doubts.length > 0 ? (
        <Lines name={t('steps.doubts')} lines={doubts} />
      ) : (
        <Fact name={t('steps.doubts')}>{t('steps.noDoubts')}</Fact>
      )}
    </>
  );
}

function Lines({ name, lines }: { readonly name: string; readonly lines: readonly string[] }): ReactNode {
  return (
    <Fact name={name}>
      {lines.map((line, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the same may have happened twice.
        <div key={index}>{line}</div>
      ))}
    </Fact>
  );
}
