import { Button, Loader, Radio } from '@mantine/core';
import { type ReactNode, useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { asStillpointError, type StillpointError } from '../../../shared/errors/index.ts';
import { ask } from '../../state/ask.ts';
import { useStore } from '../../state/store.ts';
import { useAnswer } from '../../state/use-answer.ts';
import { ErrorPanel } from '../../ui/error-panel.tsx';
import { formatBytes } from '../../ui/format/bytes.ts';
import { formatDate, formatDateTime } from '../../ui/format/date-time.ts';
import { Notice } from '../../ui/notice.tsx';
import { useFocusHere } from '../../ui/use-focus-here.ts';
import { beyondRules, firstChoice, type Offer, shownOffers } from './free-offers.ts';
import classes from './repositories.module.css';
import type { RepositoryFacts } from './repository-state.ts';

const listed = 200;

/** What would free how much, by name; nothing beyond the rules is deleted unless somebody chooses it and says so again. */
export function FreeSpace({
  repository,
  onDone,
}: {
  readonly repository: RepositoryFacts;
  readonly onDone: () => void;
}): ReactNode {
  const { t } = useTranslation('repositories');
  const { value, error, reload } = useAnswer('repositories.freeable', { id: repository.id });
  const [chosen, setChosen] = useState<Offer['kind'] | null>(null);
  const [asked, setAsked] = useState(false);
  if (error !== null) return <ErrorPanel error={error} onRetry={reload} />;
  if (value === null) {
    return (
      <p className={classes.quiet} role="status">
        <Loader size="xs" aria-hidden="true" /> {t('reclaim.looking')}
      </p>
    );
  }
  const offers = shownOffers(value);
  if (offers.length === 0) return <p>{t('reclaim.nothing')}</p>;
  const kind = chosen ?? firstChoice(offers);
  const offer = offers.find((candidate) => candidate.kind === kind) ?? null;
  if (asked && offer !== null) {
    return (
      <ConfirmFree
        repository={repository}
        offer={offer}
        beyond={beyondRules(offer, value)}
        onBack={() => setAsked(false)}
        onDone={onDone}
      />
    );
  }
  return (
    <div className={classes.form}>
      <p className={classes.quiet}>
        {value.freeBytes !== null &&
          value.totalBytes !== null &&
          t('reclaim.now', { free: formatBytes(value.freeBytes), total: formatBytes(value.totalBytes) })}{' '}
        {t('reclaim.line')}
      </p>
      <Radio.Group
        value={kind ?? ''}
        aria-label={t('reclaim.title', { name: repository.name })}
        onChange={(next) => setChosen(offers.find((candidate) => candidate.kind === next)?.kind ?? null)}
      >
        <div className={classes.offers}>
          {offers.map((candidate) => (
            <Radio
              key={candidate.kind}
              value={candidate.kind}
              classNames={{ body: classes.offerBody ?? '', labelWrapper: classes.offerLabel ?? '' }}
              label={
                <span className={classes.offer}>
                  {t(`reclaim.kind.${candidate.kind}`)}
                  <strong>{t('reclaim.gives', { bytes: formatBytes(candidate.bytes) })}</strong>
                </span>
              }
              description={
                <>
                  {candidate.snapshotIds.length === 0
                    ? t('reclaim.noSnapshots')
                    : t('reclaim.deletes', { count: candidate.snapshotIds.length })}{' '}
                  {beyondRules(candidate, value) > 0 && (
                    <span className={classes.beyond}>
                      {t('reclaim.beyond', { count: beyondRules(candidate, value) })}
                    </span>
                  )}
                </>
              }
            />
          ))}
        </div>
      </Radio.Group>
      <div className={classes.formFoot}>
        <Button variant="default" onClick={onDone}>
          {t('reclaim.cancel')}
        </Button>
        <Button variant="filled" disabled={offer === null} onClick={() => setAsked(true)}>
          {t('reclaim.next')}
        </Button>
      </div>
    </div>
  );
}

/** From the oldest to the newest day of what goes. */
function spanOf(times: readonly { readonly time: number }[]): string {
  const [first, last] = [formatDate(times[0]?.time ?? 0), formatDate(times.at(-1)?.time ?? 0)];
  return first === last ? first : `${first} – ${last}`;
}

/** Names what goes, all of it, and only then deletes. */
function ConfirmFree({
  repository,
  offer,
  beyond,
  onBack,
  onDone,
}: {
  readonly repository: RepositoryFacts;
  readonly offer: Offer;
  /** How many of its snapshots the rules would keep. */
  readonly beyond: number;
  readonly onBack: () => void;
  readonly onDone: () => void;
}): ReactNode {
  const { t } = useTranslation('repositories');
  const lanes = useStore((state) => state.lanes);
  const list = useFocusHere<HTMLElement>();
  const watchRun = useStore((state) => state.watchRun);
  const [working, setWorking] = useState(false);
  const [error, setError] = useState<StillpointError | null>(null);
  const { snapshotIds } = offer;
  const bySource = useMemo(() => {
    const wanted = new Set<string>(snapshotIds);
    return new Map(
      (lanes ?? []).flatMap(({ key, name, snapshots }) => {
        const times = snapshots.filter(({ id }) => wanted.has(id)).toSorted((a, b) => a.time - b.time);
        return times.length === 0 ? [] : [[key, { name, times }] as const];
      }),
    );
  }, [lanes, snapshotIds]);
  const unnamed = snapshotIds.length - [...bySource.values()].reduce((sum, { times }) => sum + times.length, 0);
  const run = async (): Promise<void> => {
    setWorking(true);
    setError(null);
    try {
      const { runId } = await ask('repositories.reclaim', { id: repository.id, snapshotIds });
      watchRun(runId, true);
      onDone();
    } catch (thrown) {
      setError(asStillpointError(thrown));
    } finally {
      setWorking(false);
    }
  };
  const bytes = formatBytes(offer.bytes);
  return (
    <div className={classes.form}>
      {snapshotIds.length === 0 ? (
        <p>{t('reclaim.sureUnused', { bytes, name: repository.name })}</p>
      ) : (
        <>
          <Notice tone="warn" title={t('reclaim.sure', { count: snapshotIds.length })}>
            {beyond > 0 ? t('reclaim.beyond', { count: beyond }) : t('reclaim.sureRules')}{' '}
            {t('reclaim.sure2', { bytes, name: repository.name })}
          </Notice>
          {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a list that scrolls is scrolled with the arrow keys. */}
          <section ref={list} className={classes.goes} aria-label={t('reclaim.listTitle')} tabIndex={0}>
            {[...bySource].map(([key, { name, times }]) => (
              <div key={key}>
                <h3>
                  {t('reclaim.ofSource', { name, count: times.length })}
                  <span>{spanOf(times)}</span>
                </h3>
                <ul>
                  {times.slice(0, listed).map(({ id, time }) => (
                    <li key={id}>{formatDateTime(time)}</li>
                  ))}
                  {times.length > listed && <li>{t('reclaim.more', { count: times.length - listed })}</li>}
                </ul>
              </div>
            ))}
            {unnamed > 0 && <p>{t('reclaim.unnamed', { count: unnamed })}</p>}
          </section>
        </>
      )}
      {error !== null && <ErrorPanel error={error} />}
      <div className={classes.formFoot}>
        <Button variant="default" onClick={onBack} disabled={working}>
          {t('reclaim.back')}
        </Button>
        <Button
          variant="filled"
          {...(snapshotIds.length > 0 ? { color: 'bad' } : {})}
          loading={working}
          onClick={() => void run()}
        >
          {snapshotIds.length === 0
            ? t('reclaim.confirmUnused', { bytes })
            : t('reclaim.confirm', { count: snapshotIds.length, bytes })}
        </Button>
      </div>
    </div>
  );
}
