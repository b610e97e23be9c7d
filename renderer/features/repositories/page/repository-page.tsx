import { Button } from '@mantine/core';
import { IconArrowLeft } from '@tabler/icons-react';
import { type ReactNode, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { locationText } from '../../../../shared/domain/location.ts';
import { useStore } from '../../../state/store.ts';
import type { ViewOf } from '../../../state/view.ts';
import { EmptyState } from '../../../ui/empty-state.tsx';
import { useFocusHere } from '../../../ui/use-focus-here.ts';
import { EjectButton, useEjection } from '../eject-button.tsx';
import { type OpenedSheet, RepositoryMenu, RepositorySheets } from '../repository-menu.tsx';
import { RepositoryNotes, UnlockButton } from '../repository-notes.tsx';
import type { RepositoryFacts } from '../repository-state.ts';
import { StateBadge } from '../state-badge.tsx';
import { CheckSection } from './check-section.tsx';
import { Figures } from './figures.tsx';
import { LimitsSection } from './limits-section.tsx';
import classes from './page.module.css';
import { ServerState } from './server-state.tsx';
import { SpaceSection } from './space-section.tsx';
import { UsageChart } from './usage-chart.tsx';
import { useMeasured } from './use-measured.ts';

/** Everything of one repository. */
export function RepositoryPage({ view }: { readonly view: ViewOf<'repository'> }): ReactNode {
  const { t } = useTranslation('repository');
  const open = useStore((state) => state.open);
  const repositories = useStore((state) => state.repositories);
  const repository = repositories?.find(({ id }) => id === view.repositoryId);
  const back = (
    <Button
      variant="subtle"
      size="compact-md"
      leftSection={<IconArrowLeft size={16} aria-hidden="true" />}
      onClick={() => open({ name: 'repositories' })}
    >
      {t('all')}
    </Button>
  );
  return (
    <div className={classes.page}>
      <div>{back}</div>
      {repositories === null && (
        <p className={classes.quiet} role="status">
          {t('missing')}
        </p>
      )}
      {repositories !== null && repository === undefined && <EmptyState title={t('gone')} />}
      {repository !== undefined && <Shown key={repository.id} repository={repository} />}
    </div>
  );
}

function Shown({ repository }: { readonly repository: RepositoryFacts }): ReactNode {
  const { t } = useTranslation('repository');
  const [opened, setOpened] = useState<OpenedSheet>(null);
  const ejection = useEjection(repository);
  const heading = useFocusHere<HTMLHeadingElement>();
  const { name, state, location, network } = repository;
  const usable = state === 'ready' || state === 'read-only';
  const isElsewhere = location.kind !== 'local';
  const measuring = useMeasured(repository.id, usable);
  return (
    <>
      <header className={classes.head}>
        <div>
          <h1 ref={heading} tabIndex={-1}>
            {name}
          </h1>
          <p className={classes.quiet}>{locationText(location)}</p>
        </div>
        <StateBadge state={state} refused={repository.credentialsRefused} elsewhere={isElsewhere} />
        <UnlockButton repository={repository} />
        {state === 'ready' && repository.removable && repository.mountPoint !== '' && (
          <EjectButton ejection={ejection} />
        )}
        <RepositoryMenu repository={repository} onOpen={setOpened} />
      </header>
      {isElsewhere && state === 'waiting' ? (
        <ServerState repository={repository} />
      ) : (
        <div className={classes.notes}>
          <RepositoryNotes repository={repository} ejection={ejection} onFree={() => setOpened('free')} />
        </div>
      )}
      {usable ? (
        <>
          <Figures repository={repository} measuring={measuring} />
          <UsageChart repository={repository} measured={measuring.measured} />
          <CheckSection repository={repository} onRepair={() => setOpened('repair')} />
          {state === 'ready' && <SpaceSection repository={repository} onDelete={() => setOpened('free')} />}
        </>
      ) : (
        <>
          <UsageChart repository={repository} measured={null} />
          <p className={classes.quiet}>{t('away')}</p>
        </>
      )}
      {(isElsewhere || network) && <LimitsSection repository={repository} />}
      <RepositorySheets repository={repository} opened={opened} onOpen={setOpened} />
    </>
  );
}
