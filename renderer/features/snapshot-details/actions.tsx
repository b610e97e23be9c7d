import { Button } from '@mantine/core';
import { IconArrowBackUp, IconArrowsDiff, IconFolderOpen } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { usePutBack } from '../../state/put-back.ts';
import { useStore } from '../../state/store.ts';
import { IconButton } from '../../ui/icon-button.tsx';
import classes from './details.module.css';
import type { Details } from './facts/details.ts';

/** What people come here for: put it back, look into it, compare it. */
export function Actions({ details }: { readonly details: Details }): ReactNode {
  const { t } = useTranslation('snapshot-details');
  const open = useStore((state) => state.open);
  const putBack = usePutBack();
  const { mark, summary } = details;
  const snapshot = { repositoryId: mark.repositoryId, snapshotId: mark.id };
  const point = { ...snapshot, instant: null };
  return (
    <div className={classes.actions}>
      <Button
        variant="filled"
        px={13}
        leftSection={<IconArrowBackUp size={17} aria-hidden="true" />}
        onClick={() => putBack({ point, selection: [], name: summary.sourceName })}
      >
        {t('actions.putBack')}
      </Button>
      <Button variant="default" px={13} onClick={() => open({ name: 'restore-wizard', point, selection: [] })}>
        {t('actions.restore')}
      </Button>
      <IconButton
        label={t('actions.browse')}
        variant="default"
        onClick={() => open({ name: 'browse', snapshot, path: '/' })}
      >
        <IconFolderOpen size={17} />
      </IconButton>
      <IconButton
        label={t('actions.compare')}
        variant="default"
        onClick={() => open({ name: 'compare', before: snapshot, after: null })}
      >
        <IconArrowsDiff size={17} />
      </IconButton>
    </div>
  );
}
