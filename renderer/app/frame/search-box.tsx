import { TextInput } from '@mantine/core';
import { IconSearch } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useStore } from '../../state/store.ts';
import { KeyHint } from '../../ui/key-hint.tsx';
import classes from './header.module.css';

export const searchBoxId = 'sp-search';

/** Search across all snapshots: typing opens the results, Escape leaves them. */
export function SearchBox(): ReactNode {
  const { t } = useTranslation('app');
  const view = useStore((state) => state.view);
  const open = useStore((state) => state.open);
  const back = useStore((state) => state.back);
  const text = view.name === 'search' ? view.text : '';
  return (
    <TextInput
      id={searchBoxId}
      className={classes.search ?? ''}
      type="search"
      aria-label={t('search')}
      placeholder={t('search')}
      value={text}
      onChange={(event) => {
        const value = event.currentTarget.value;
        if (value === '' && view.name === 'search') back();
        else open({ name: 'search', text: value });
      }}
      onKeyDown={(event) => {
        if (event.key !== 'Escape' || view.name !== 'search') return;
        event.currentTarget.blur();
        back();
      }}
      leftSection={<IconSearch size={16} aria-hidden="true" />}
      rightSection={text === '' ? <KeyHint keys="Ctrl F" /> : null}
      rightSectionWidth={62}
      rightSectionPointerEvents="none"
    />
  );
}
