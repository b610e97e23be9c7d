import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { Evidence, PathNote } from '../../../shared/domain/evidence.ts';
import { instantToMs } from '../../../shared/domain/time.ts';
import { formatBytes } from '../../ui/format/bytes.ts';
import { formatDateTime, formatTimeMs } from '../../ui/format/date-time.ts';
import { formatDuration } from '../../ui/format/duration.ts';
import { formatNumber } from '../../ui/format/numbers.ts';
import classes from './details.module.css';
import { Fact } from './fact.tsx';
import type { Details } from './facts/details.ts';
import { barrierOf } from './facts/member-spans.ts';
import { MemberHolds } from './member-holds.tsx';
import { PathNotes } from './path-notes.tsx';

/** The evidence, line by line; the technical names stand here and nowhere else. */
export function Proof({ details, evidence }: { readonly details: Details; readonly evidence: Evidence }): ReactNode {
  const { t } = useTranslation(['snapshot-details', 'methods']);
  const { agreement, files } = evidence;
  const barrier = barrierOf(evidence.members);
  return (
    <section>
      <h3 className={classes.sectionTitle}>{t('proof.title')}</h3>
      <dl className={classes.facts}>
        <Fact name={t('proof.method')}>
          {t('proof.methodText', { words: t(`methods:name.${evidence.method}`), technical: evidence.method })}
        </Fact>
        <Fact name={t('proof.level')}>
          {t('proof.levelName', { technical: evidence.level, reason: evidence.levelReason })}
        </Fact>
        {evidence.whyNotStronger.length > 0 && (
          <Fact name={t('proof.stronger')}>
            {evidence.whyNotStronger.map((reason) => (
              <div key={reason}>{reason}</div>
            ))}
          </Fact>
        )}
        {agreement !== null && (
          <Fact name={t('proof.application')}>
            {t('proof.applicationText', { application: agreement.application, position: agreement.position })}
          </Fact>
        )}
        {evidence.atomic !== null && (
          <Fact name={t('proof.atomic')}>
            {t(evidence.atomic.flushed ? 'proof.atomicText.flushed' : 'proof.atomicText.unflushed', {
              kind: evidence.atomic.kind,
            })}
          </Fact>
        )}
        <HoldFacts evidence={evidence} />
        {barrier !== null && (
          <>
            <dt className={classes.wide}>{t('members.title')}</dt>
            <dd className={classes.wide}>
              <MemberHolds barrier={barrier} />
            </dd>
          </>
        )}
        {evidence.hooks.length > 0 && (
          <Fact name={t('proof.hooks')}>
            {evidence.hooks.map((call, index) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: a hook is called again with each try.
              <div key={index}>{hookWords(call, t)}</div>
            ))}
          </Fact>
        )}
        <ObservationFacts evidence={evidence} />
        {files.rereadTotal > 0 && (
          <Fact name={t('proof.reread')}>{t('proof.rereadText', { count: files.rereadTotal })}</Fact>
        )}
        <Fact name={t('proof.torn')}>{files.tornTotal === 0 ? t('proof.none') : formatNumber(files.tornTotal)}</Fact>
        {files.unreadableTotal > 0 && (
          <NotesFact name={t('proof.unreadable')} notes={files.unreadable} total={files.unreadableTotal} bad />
        )}
        <NotesFact name={t('proof.leftOut')} notes={evidence.leftOut} total={evidence.leftOutTotal} />
        <Fact name={t('proof.verified')}>{t(details.mark.verified ? 'proof.verifiedYes' : 'proof.verifiedNo')}</Fact>
        <Fact name={t('proof.asked')}>{formatDateTime(instantToMs(evidence.askedAt))}</Fact>
        {evidence.attempts > 1 && <Fact name={t('proof.attempts')}>{formatNumber(evidence.attempts)}</Fact>}
        <Fact name={t('proof.machine')}>{t('proof.machineText', evidence.machine)}</Fact>
        <Fact name={t('proof.filesystem')}>{t('proof.filesystemText', evidence.machine)}</Fact>
      </dl>
    </section>
  );
}

type Words = ReturnType<typeof useTranslation<['snapshot-details', 'methods']>>['t'];

function hookWords({ name, when, durationMs, problem }: Evidence['hooks'][number], t: Words): string {
  const call = t(`proof.hookText.${when}`, { name, duration: formatDuration(durationMs) });
  return problem === '' ? call : t('proof.hookFailed', { call, problem });
}

function HoldFacts({ evidence: { hold } }: { readonly evidence: Evidence }): ReactNode {
  const { t } = useTranslation('snapshot-details');
  if (hold === null) return null;
  const ended = hold.thawCause === 'command' && !hold.thawConfirmed ? 'unconfirmed' : hold.thawCause;
  const thawed = formatTimeMs(instantToMs(hold.thawedAt));
  return (
    <>
      <Fact name={t('proof.frozen')}>
        {t('proof.frozenSpan', { from: formatTimeMs(instantToMs(hold.requestedAt)), to: thawed })}
      </Fact>
      <Fact name={t('proof.ended')}>{t(`proof.endedBy.${ended}`)}</Fact>
      <Fact name={t('proof.inside')}>
        {t('proof.insideText', { count: hold.filesInside, size: formatBytes(hold.bytesInside) })}
      </Fact>
    </>
  );
}

function ObservationFacts({ evidence: { observation } }: { readonly evidence: Evidence }): ReactNode {
  const { t } = useTranslation('snapshot-details');
  if (observation === null) return null;
  const suspects = observation.suspects.map(
    (suspect): PathNote => ({ path: suspect.path, reason: t(`proof.suspectKind.${suspect.kind}`) }),
  );
  return (
    <>
      <Fact name={t('proof.differences')}>{t('proof.differencesText', { count: observation.differences })}</Fact>
      {observation.newestChangeAt !== null && (
        <Fact name={t('proof.newest')}>{formatDateTime(instantToMs(observation.newestChangeAt))}</Fact>
      )}
      <NotesFact name={t('proof.suspects')} notes={suspects} total={observation.suspectsTotal} />
      {!observation.suspectScanComplete && (
        <Fact name="">{t('proof.suspectGap', { why: observation.suspectScanGap })}</Fact>
      )}
    </>
  );
}

function NotesFact({
  name,
  notes,
  total,
  bad = false,
}: {
  readonly name: string;
  readonly notes: readonly PathNote[];
  readonly total: number;
  readonly bad?: boolean;
}): ReactNode {
  const { t } = useTranslation('snapshot-details');
  return (
    <Fact name={name}>
      {total === 0 ? t('proof.none') : <PathNotes notes={notes} total={total} tone={bad ? 'bad' : 'plain'} />}
    </Fact>
  );
}
