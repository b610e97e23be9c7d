import { Tooltip } from '@mantine/core';
import { IconActivity, IconArchive, IconSettings } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useStore } from '../../state/store.ts';
import type { View } from '../../state/view.ts';
import classes from './navigation.module.css';

const places = [
  { key: 'activity', icon: IconActivity, view: { name: 'activity', runId: null } },
  { key: 'repositories', icon: IconArchive, view: { name: 'repositories' } },
  { key: 'settings', icon: IconSettings, view: { name: 'settings' } },
] as const satisfies readonly { key: string; icon: typeof IconActivity; view: View }[];

/** The places below the sources. */
export function Navigation({ narrow }: { readonly narrow: boolean }): ReactNode {
  const { t } = useTranslation('app');
  // The page of a repository lies below the list of them.
  const current = useStore(({ view }) => (view.name === 'repository' ? 'repositories' : view.name));
  const open = useStore((state) => state.open);
  return (
    <nav className={classes.places} aria-label={t('places')} data-narrow={narrow}>
      {places.map(({ key, icon: Icon, view }) => (
        <Tooltip key={key} label={t(key)} disabled={!narrow} position="right">
          <button
            type="button"
            aria-label={t(key)}
            aria-current={current === view.name ? 'page' : undefined}
            onClick={() => open(view)}
          >
            <Icon size={18} stroke={1.7} aria-hidden="true" /> {!narrow && t(key)}
          </button>
        </Tooltip>
      ))}
    </nav>
  );
}
