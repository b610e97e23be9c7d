import { Button } from '@mantine/core';
import {
  IconAlertTriangle,
  IconChevronRight,
  IconCircleCheck,
  IconCircleX,
  IconShieldQuestion,
} from '@tabler/icons-react';
import { type ReactNode, useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { locationText } from '../../../shared/domain/location.ts';
import { useStore } from '../../state/store.ts';
import { formatPercent } from '../../ui/format/numbers.ts';
import { RelativeTime } from '../../ui/values.tsx';
import { EjectButton, useEjection } from './eject-button.tsx';
import { soundnessOf } from './page/check-words.ts';
import classes from './repositories.module.css';
import { type OpenedSheet, RepositoryMenu, RepositorySheets } from './repository-menu.tsx';
import { RepositoryNotes, UnlockButton } from './repository-notes.tsx';
import type { RepositoryFacts } from './repository-state.ts';
import { StateBadge } from './state-badge.tsx';

/** One repository in the list: whether it is there, what it needs, whether it is sound. Its page has the rest. */
export function RepositoryCard({
  repository,
  shown,
}: {
  readonly repository: RepositoryFacts;
  /** Somebody was led to this one. */
  readonly shown: boolean;
}): ReactNode {
  const { t } = useTranslation('repositories');
  const open = useStore((state) => state.open);
  const [opened, setOpened] = useState<OpenedSheet>(null);
  const ejection = useEjection(repository);
  const article = useRef<HTMLElement>(null);
  useEffect(() => {
    if (shown) article.current?.focus();
  }, [shown]);
  const { id, name, state } = repository;
  return (
    <article ref={article} className={classes.card} aria-label={name} tabIndex={-1} data-shown={shown}>
      <header className={classes.cardHead}>
        <div>
          <h2>{name}</h2>
          <p className={classes.quiet}>{locationText(repository.location)}</p>
        </div>
        <StateBadge
          state={state}
          refused={repository.credentialsRefused}
          elsewhere={repository.location.kind !== 'local'}
        />
        <UnlockButton repository={repository} />
        {state === 'ready' && repository.removable && repository.mountPoint !== '' && (
          <EjectButton ejection={ejection} />
        )}
        <RepositoryMenu repository={repository} onOpen={setOpened} />
      </header>
      <RepositoryNotes repository={repository} ejection={ejection} onFree={() => setOpened('free')} />
      <footer className={classes.cardFoot}>
        <SoundnessLine repository={repository} />
        <Button
          variant="default"
          size="compact-md"
          rightSection={<IconChevronRight size={16} aria-hidden="true" />}
          aria-label={t('detailsOf', { name })}
          onClick={() => open({ name: 'repository', repositoryId: id })}
        >
          {t('details')}
        </Button>
      </footer>
      <RepositorySheets repository={repository} opened={opened} onOpen={setOpened} />
    </article>
  );
}

const icons = {
  damaged: IconCircleX,
  warned: IconAlertTriangle,
  sound: IconCircleCheck,
  never: IconShieldQuestion,
  notDone: IconShieldQuestion,
} as const;

/** What checks found, in one line. */
function SoundnessLine({ repository: { care } }: { readonly repository: RepositoryFacts }): ReactNode {
  const { t } = useTranslation(['repositories', 'repository']);
  const standing = soundnessOf(care);
  const Icon = icons[standing];
  return (
    <p className={classes.soundness} data-standing={standing}>
      <Icon size={16} aria-hidden="true" />
      <span>
        {t(`repository:check.${standing}`)}
        {care.lastCheck !== null && (
          <>
            {' · '}
            {t('checked')} <RelativeTime ms={care.lastCheck.at} />
          </>
        )}
        {care.verified !== null && ` · ${t('verified', { share: formatPercent(care.verified.share) })}`}
      </span>
    </p>
  );
}
