import { Button } from '@mantine/core';
import { IconArchive, IconPlus } from '@tabler/icons-react';
import { type ReactNode, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useStore } from '../../state/store.ts';
import type { ViewOf } from '../../state/view.ts';
import { EmptyState } from '../../ui/empty-state.tsx';
import { AddRepository } from './add-repository.tsx';
import type { PlaceWish } from './place-verdict.ts';
import classes from './repositories.module.css';
import { RepositoryCard } from './repository-card.tsx';

/** Where snapshots are kept, and what can be done with each place. */
export function RepositoriesView({ view }: { readonly view: ViewOf<'repositories'> }): ReactNode {
  const { t } = useTranslation('repositories');
  const repositories = useStore((state) => state.repositories);
  const [adding, setAdding] = useState<PlaceWish | null>(null);
  const buttons = (
    <>
      <Button variant="default" onClick={() => setAdding('adopt')}>
        {t('openExisting')}
      </Button>
      <Button
        variant={repositories?.length === 0 ? 'filled' : 'default'}
        leftSection={<IconPlus size={17} aria-hidden="true" />}
        onClick={() => setAdding('create')}
      >
        {t('makeNew')}
      </Button>
    </>
  );
  return (
    <div className={classes.view}>
      <header className={classes.head}>
        <h1>{t('title')}</h1>
        {repositories !== null && repositories.length > 0 && <div className={classes.actions}>{buttons}</div>}
      </header>
      {repositories?.length === 0 && (
        <EmptyState
          icon={<IconArchive size={36} stroke={1.4} aria-hidden="true" />}
          title={t('none')}
          actions={buttons}
        >
          {t('noneLine')}
        </EmptyState>
      )}
      <ul className={classes.list}>
        {repositories?.map((repository) => (
          <li key={repository.id}>
            <RepositoryCard repository={repository} shown={view.repositoryId === repository.id} />
          </li>
        ))}
      </ul>
      {adding !== null && <AddRepository wish={adding} onWish={setAdding} onClose={() => setAdding(null)} />}
    </div>
  );
}
