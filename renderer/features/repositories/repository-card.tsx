import { Button, Menu } from '@mantine/core';
import { IconDots } from '@tabler/icons-react';
import { type ReactNode, useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { locationText } from '../../../shared/domain/location.ts';
import { useStore } from '../../state/store.ts';
import { formatBytes } from '../../ui/format/bytes.ts';
import { formatNumber } from '../../ui/format/numbers.ts';
import { Notice } from '../../ui/notice.tsx';
import { useNow } from '../../ui/use-now.ts';
import { ChangePassword } from './change-password.tsx';
import { CheckPanel } from './check-panel.tsx';
import { EjectButton, EjectResult, useEjection } from './eject-button.tsx';
import { ForgetRepository } from './forget-repository.tsx';
import { FreeSpace } from './free-space.tsx';
import { GrowthLine } from './growth-line.tsx';
import { KeyList } from './key-list.tsx';
import { RecoverySheet } from './recovery-sheet.tsx';
import classes from './repositories.module.css';
import { isFilling, type RepositoryFacts, stateTone } from './repository-state.ts';
import { Sheet } from './sheet.tsx';
import { SpaceBar } from './space-bar.tsx';
import { StateBadge } from './state-badge.tsx';

type Opened = 'keys' | 'password' | 'sheet' | 'forget' | 'free' | null;

/** One repository: whether it is there, what it needs, and what can be done. Waiting is a state, not a failure. */
export function RepositoryCard({
  repository,
  shown,
}: {
  readonly repository: RepositoryFacts;
  /** Somebody was led to this one. */
  readonly shown: boolean;
}): ReactNode {
  const { t } = useTranslation(['repositories', 'ui']);
  const needPassword = useStore((state) => state.needPassword);
  const now = useNow(60_000);
  const [opened, setOpened] = useState<Opened>(null);
  const ejection = useEjection(repository);
  const article = useRef<HTMLElement>(null);
  useEffect(() => {
    if (shown) article.current?.focus();
  }, [shown]);
  const close = (): void => setOpened(null);
  const { state } = repository;
  const usable = state === 'ready' || state === 'read-only';
  return (
    <article ref={article} className={classes.card} aria-label={repository.name} tabIndex={-1} data-shown={shown}>
      <header className={classes.cardHead}>
        <div>
          <h2>{repository.name}</h2>
          <p className={classes.quiet}>{locationText(repository.location)}</p>
        </div>
        <StateBadge state={state} />
        {state === 'password-needed' && (
          <Button variant="filled" onClick={() => needPassword({ repositoryId: repository.id, reason: '' })}>
            {t('unlock')}
          </Button>
        )}
        {state === 'ready' && repository.removable && repository.mountPoint !== '' && (
          <EjectButton ejection={ejection} />
        )}
        <Menu position="bottom-end" withinPortal withInitialFocusPlaceholder={false}>
          <Menu.Target>
            <Button variant="default" px={9} aria-label={t('more', { name: repository.name })}>
              <IconDots size={18} aria-hidden="true" />
            </Button>
          </Menu.Target>
          <Menu.Dropdown>
            <Menu.Item disabled={state !== 'ready'} onClick={() => setOpened('free')}>
              {t('menu.free')}
            </Menu.Item>
            <Menu.Item disabled={!usable} onClick={() => setOpened('sheet')}>
              {t('menu.sheet')}
            </Menu.Item>
            <Menu.Item disabled={!usable} onClick={() => setOpened('password')}>
              {t('menu.password')}
            </Menu.Item>
            <Menu.Item disabled={!usable} onClick={() => setOpened('keys')}>
              {t('menu.keys')}
            </Menu.Item>
            <Menu.Divider />
            <Menu.Item onClick={() => setOpened('forget')}>{t('menu.forget')}</Menu.Item>
          </Menu.Dropdown>
        </Menu>
      </header>
      <EjectResult ejection={ejection} away={state === 'waiting'} />
      {stateTone(state) !== 'ok' && !(ejection.state === 'safe' && state === 'waiting') && (
        <p className={classes.stateLine}>{t(`stateLine.${state}`)}</p>
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
            <Button variant="filled" size="compact-md" onClick={() => setOpened('free')}>
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
      {usable && <CheckPanel repositoryId={repository.id} />}
      <Sheet opened={opened === 'keys'} title={t('keys.title', { name: repository.name })} onClose={close}>
        <KeyList repositoryId={repository.id} />
      </Sheet>
      <Sheet opened={opened === 'password'} title={t('change.title', { name: repository.name })} onClose={close}>
        <ChangePassword repositoryId={repository.id} onDone={close} />
      </Sheet>
      <Sheet opened={opened === 'sheet'} title={t('sheet.title')} onClose={close}>
        <RecoverySheet repositoryId={repository.id} onKept={close} />
      </Sheet>
      <Sheet opened={opened === 'free'} title={t('reclaim.title', { name: repository.name })} onClose={close}>
        <FreeSpace repository={repository} onDone={close} />
      </Sheet>
      <ForgetRepository repository={repository} opened={opened === 'forget'} onClose={close} />
    </article>
  );
}
