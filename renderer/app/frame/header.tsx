import { IconLayoutSidebarRight } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { SourceId } from '../../../shared/domain/ids.ts';
import { RunPill } from '../../features/running-card/run-pill.tsx';
import { useStore } from '../../state/store.ts';
import { IconButton } from '../../ui/icon-button.tsx';
import { BackUpButton } from './back-up-button.tsx';
import { BrandMark } from './brand.tsx';
import classes from './header.module.css';
import { PausePill } from './pause-pill.tsx';
import { SearchBox } from './search-box.tsx';

export function Header({
  narrow,
  onBackUp,
}: {
  readonly narrow: boolean;
  readonly onBackUp: (sourceId: SourceId) => void;
}): ReactNode {
  const { t } = useTranslation('app');
  const open = useStore((state) => state.open);
  const shown = useStore((state) => state.detailsShown);
  const showDetails = useStore((state) => state.showDetails);
  const main = useStore((state) => state.view.name === 'main');
  return (
    <header className={classes.header} data-narrow={narrow}>
      <button type="button" className={classes.brand} onClick={() => open({ name: 'main' })} title={t('toTimeline')}>
        <BrandMark />
        <span className={classes.name}>Stillpoint</span>
      </button>
      <SearchBox />
      <span className={classes.space} />
      <PausePill />
      <RunPill />
      <BackUpButton onBackUp={onBackUp} narrow={narrow} />
      {narrow && main && (
        <IconButton
          label={t(shown ? 'hideDetails' : 'showDetails')}
          pressed={shown}
          onClick={() => showDetails(!shown)}
        >
          <IconLayoutSidebarRight size={18} />
        </IconButton>
      )}
    </header>
  );
}
