import { Button, Loader } from '@mantine/core';
import { type ReactNode, useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import { useStore } from '../../../state/store.ts';
import { ErrorPanel } from '../../../ui/error-panel.tsx';
import { formatBytes } from '../../../ui/format/bytes.ts';
import { formatNumber } from '../../../ui/format/numbers.ts';
import { StatCard } from '../../../ui/stat-card.tsx';
import { RelativeTime } from '../../../ui/values.tsx';
import type { RepositoryFacts } from '../repository-state.ts';
import classes from './page.module.css';
import type { Measuring } from './use-measured.ts';

/** What a repository holds: measured, never guessed. A disk is measured by itself, a server when somebody says so. */
export function Figures({
  repository,
  measuring,
}: {
  readonly repository: RepositoryFacts;
  readonly measuring: Measuring;
}): ReactNode {
  const { t } = useTranslation('repository');
  const { measured, error, working, isKnown, measure } = measuring;
  const isLocal = repository.location.kind === 'local' && !repository.network;
  useEffect(() => {
    if (isLocal && isKnown && measured === null && error === null && !working) measure();
  }, [isLocal, isKnown, measured, error, working, measure]);
  return (
    <section className={classes.section} aria-labelledby="figures-title">
      <div className={classes.sectionHead}>
        <h2 id="figures-title">{t('figures.title')}</h2>
        <MeasureLine repository={repository} measuring={measuring} />
      </div>
      {error !== null && <ErrorPanel error={error} onRetry={measure} />}
      {measured !== null ? (
        <MeasuredFigures measured={measured} />
      ) : (
        error === null &&
        !isLocal &&
        !working && <p className={classes.quiet}>{`${t('figures.notYet')} ${t('figures.remoteLine')}`}</p>
      )}
      {measured === null && (isLocal || working) && error === null && <Placeholders />}
    </section>
  );
}

function MeasureLine({
  repository,
  measuring: { measured, working, measure },
}: {
  readonly repository: RepositoryFacts;
  readonly measuring: Measuring;
}): ReactNode {
  const { t } = useTranslation('repository');
  const progress = useStore((state) => state.measuring.get(repository.id));
  if (working) {
    return (
      <span className={classes.measureLine} role="status">
        <Loader size={14} aria-hidden="true" />
        {progress === undefined || progress.total === 0
          ? t('figures.measuring')
          : t('figures.measuringOf', { done: formatNumber(progress.done), total: formatNumber(progress.total) })}
      </span>
    );
  }
  const isStale = measured !== null && measured.statistics.snapshotsTotal !== repository.snapshots;
  return (
    <span className={classes.measureLine}>
      {measured !== null && (
        <span>
          {t('figures.measured')} <RelativeTime ms={measured.at} />.{isStale && ` ${t('figures.stale')}`}
        </span>
      )}
      <Button variant="default" size="compact-sm" onClick={measure}>
        {t(measured === null ? 'figures.measure' : 'figures.again')}
      </Button>
    </span>
  );
}

function MeasuredFigures({ measured }: { readonly measured: NonNullable<Measuring['measured']> }): ReactNode {
  const { t } = useTranslation('repository');
  const { statistics } = measured;
  const { packBytes, otherBytes, logicalBytes, uniqueBytes, storedBytes, snapshotsTotal, packs } = statistics;
  if (snapshotsTotal + statistics.unreadableSnapshots === 0 && packs === 0)
    return <p className={classes.quiet}>{t('figures.empty')}</p>;
  const partly = statistics.snapshots.filter(({ isWhole }) => !isWhole).length + statistics.unreadableSnapshots;
  const details = [
    ['unused', formatBytes(statistics.unusedBytes)],
    ['duplicate', formatBytes(statistics.duplicateBytes)],
    ['unlisted', formatBytes(statistics.unlistedBytes)],
    ['other', formatBytes(otherBytes)],
    ['blobs', formatNumber(statistics.blobs)],
    ['treeBlobs', formatNumber(statistics.treeBlobs)],
  ] as const;
  return (
    <>
      <div className={classes.stats}>
        <Figure
          value={formatBytes(packBytes + otherBytes)}
          label={t('figures.stored')}
          line={t('figures.storedLine', { packs: t('figures.packs', { count: packs }) })}
        />
        <Figure
          value={formatBytes(logicalBytes)}
          label={t('figures.content')}
          line={t('figures.contentLine', { count: snapshotsTotal })}
        />
        <Figure
          value={ratio(logicalBytes, uniqueBytes, t)}
          label={t('figures.dedup')}
          line={t('figures.dedupLine', { unique: formatBytes(uniqueBytes) })}
        />
        <Figure
          value={ratio(uniqueBytes, storedBytes, t)}
          label={t('figures.compression')}
          line={t('figures.compressionLine', { unique: formatBytes(uniqueBytes), stored: formatBytes(storedBytes) })}
        />
      </div>
      {partly > 0 && <p className={classes.caution}>{t('figures.notWhole', { count: partly })}</p>}
      <details className={classes.more}>
        <summary>{t('figures.more')}</summary>
        <dl className={classes.facts}>
          {details.map(([name, value]) => (
            <div key={name}>
              <dt>{t(`figures.detail.${name}`)}</dt>
              <dd>{value}</dd>
            </div>
          ))}
        </dl>
      </details>
    </>
  );
}

function Figure({ value, label, line }: { readonly value: string; readonly label: string; readonly line: string }) {
  return (
    <StatCard
      value={value}
      label={
        <>
          {label}
          <span className={classes.statLine}>{line}</span>
        </>
      }
    />
  );
}

/** As high as what comes, so that nothing jumps. */
function Placeholders(): ReactNode {
  return (
    <div className={classes.stats} aria-hidden="true">
      {['stored', 'content', 'dedup', 'compression'].map((name) => (
        <div key={name} className={classes.placeholder} />
      ))}
    </div>
  );
}

function ratio(before: number, after: number, t: ReturnType<typeof useTranslation<'repository'>>['t']): string {
  const times = after === 0 ? 1 : before / after;
  return t('figures.times', { n: formatNumber(times, times >= 10 ? 0 : times >= 2 ? 1 : 2) });
}
