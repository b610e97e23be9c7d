import { IconX } from '@tabler/icons-react';
import { type ReactNode, useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import type { SourceId } from '../../../shared/domain/ids.ts';
import { SnapshotDetails } from '../../features/snapshot-details/details-panel.tsx';
import { ForeignDetails, SourceDetails } from '../../features/source-rail/source-details.tsx';
import { useStore } from '../../state/store.ts';
import { EmptyState } from '../../ui/empty-state.tsx';
import { IconButton } from '../../ui/icon-button.tsx';
import classes from './details-area.module.css';

/** The right side: the selected snapshot, else the selected source. In a narrow window it lies over the timeline. */
export function DetailsArea({
  drawer,
  onBackUp,
}: {
  readonly drawer: boolean;
  readonly onBackUp: (sourceId: SourceId) => void;
}): ReactNode {
  const { t } = useTranslation('app');
  const snapshot = useStore((state) => state.selectedSnapshot);
  const shown = useStore((state) => state.detailsShown);
  const showDetails = useStore((state) => state.showDetails);
  const hidden = drawer && !shown;

  useEffect(() => {
    if (!drawer || !shown) return;
    const close = (event: KeyboardEvent): void => {
      if (event.key !== 'Escape' || document.querySelector('[role="dialog"], [role="menu"]') !== null) return;
      // The first Escape uncovers the timeline and leaves the selection; the next one is the timeline's.
      event.stopPropagation();
      showDetails(false);
    };
    window.addEventListener('keydown', close, true);
    return () => window.removeEventListener('keydown', close, true);
  }, [drawer, shown, showDetails]);

  if (hidden) return null;
  return (
    <aside className={classes.details} data-drawer={drawer} aria-label={t('details')}>
      {drawer && (
        <div className={classes.close}>
          <IconButton label={t('hideDetails')} size={28} onClick={() => showDetails(false)}>
            <IconX size={16} />
          </IconButton>
        </div>
      )}
      {snapshot === null ? <Lane onBackUp={onBackUp} /> : <Snapshot />}
    </aside>
  );
}

function Snapshot(): ReactNode {
  const snapshot = useStore((state) => state.selectedSnapshot);
  return snapshot === null ? null : <SnapshotDetails key={snapshot.snapshotId} snapshot={snapshot} />;
}

function Lane({ onBackUp }: { readonly onBackUp: (sourceId: SourceId) => void }): ReactNode {
  const { t } = useTranslation('snapshot-details');
  const laneKey = useStore((state) => state.selectedLaneKey);
  const sourceId = useStore((state) => state.selectedSourceId);
  const lane = useStore((state) => state.lanes?.find(({ key }) => key === (laneKey ?? sourceId)));
  const source = useStore((state) => state.sources?.find(({ id }) => id === (lane?.sourceId ?? laneKey ?? sourceId)));
  if (source !== undefined) return <SourceDetails key={source.id} source={source} lane={lane} onBackUp={onBackUp} />;
  if (lane !== undefined) return <ForeignDetails lane={lane} />;
  return <EmptyState title={t('none')}>{t('noneHint')}</EmptyState>;
}
