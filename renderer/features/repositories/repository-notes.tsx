import { Button } from '@mantine/core';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useStore } from '../../state/store.ts';
import { formatBytes } from '../../ui/format/bytes.ts';
import { formatNumber } from '../../ui/format/numbers.ts';
import { Notice } from '../../ui/notice.tsx';
import { useNow } from '../../ui/use-now.ts';
import { type Ejection, EjectResult } from './eject-button.tsx';
import { GrowthLine } from './growth-line.tsx';
import classes from './repositories.module.css';
import { isFilling, type RepositoryFacts, stateTone } from './repository-state.ts';
import { SpaceBar } from './space-bar.tsx';

/** How a repository is right now: what it needs, how full its disk is, what it does not protect against. */
export function RepositoryNotes({
  repository,
  ejection,
  onFree,
}: {
  readonly repository: RepositoryFacts;
  readonly ejection: Ejection;
  readonly onFree: () => void;
}): ReactNode {
  const { t } = useTranslation(['repositories', 'repository']);
  const now = useNow(60_000);
  const { state, location } = repository;
  const isElsewhere = location.kind !== 'local';
  return (
    <>
      <EjectResult ejection={ejection} away={state === 'waiting'} />
      {stateTone(state) !== 'ok' && !(ejection.state === 'safe' && state === 'waiting') && (
        <p className={classes.stateLine}>
          {state === 'waiting' && isElsewhere
            ? t('repository:server.waiting')
            : state === 'password-needed' && repository.credentialsRefused
              ? t('refusedLine')
              : t(`stateLine.${state}`)}
        </p>
      )}
      <div className={classes.cardFacts}>
        <SpaceBar free={repository.freeBytes} total={repository.totalBytes} />
        <span>
          {t('snapshots', { count: repository.snapshots, n: formatNumber(repository.snapshots) })}
          {repository.freeBytes !== null && ` · ${t('free', { free: formatBytes(repository.freeBytes) })}`}
          {` · ${t(repository.passwordRemembered ? 'remembered' : 'askedPerStart')}`}
        </span>
      </div>
      {state === 'ready' && <GrowthLine repository={repository} />}
      {state === 'ready' && isFilling(repository, now) && (
        <Notice
          tone="warn"
          title={t('filling.title')}
          actions={
            <Button variant="filled" size="compact-md" onClick={onFree}>
              {t('menu.free')}
            </Button>
          }
        >
          {t('filling.line')}
        </Notice>
      )}
      {repository.sameDiskSources.length > 0 && (
        <p className={classes.caution}>
          {t('sameDisk', {
            sources: new Intl.ListFormat(undefined, { type: 'conjunction' }).format(repository.sameDiskSources),
          })}
        </p>
      )}
    </>
  );
}

/** The button for what it waits for: its password, or what its server wants. */
export function UnlockButton({ repository }: { readonly repository: RepositoryFacts }): ReactNode {
  const { t } = useTranslation('repositories');
  const needPassword = useStore((state) => state.needPassword);
  if (repository.state !== 'password-needed') return null;
  return (
    <Button variant="filled" onClick={() => needPassword({ repositoryId: repository.id, reason: '' })}>
      {t(repository.credentialsRefused && repository.passwordKnown ? 'signIn' : 'unlock')}
    </Button>
  );
}
