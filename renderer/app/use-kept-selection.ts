import { useEffect, useRef } from 'react';
import { useStore } from '../state/store.ts';

/** At the start the source that was selected last, with its newest snapshot; later choices are stored. */
export function useKeptSelection(): void {
  const sources = useStore((state) => state.sources);
  const lanes = useStore((state) => state.lanes);
  const selected = useStore((state) => state.selectedSourceId);
  const restored = useRef(false);

  useEffect(() => {
    if (restored.current || sources === null || lanes === null || sources.length === 0) return;
    restored.current = true;
    const { settings, selectedSourceId, selectSource, selectSnapshot, showDetails } = useStore.getState();
    // A notification that opened this window leads somewhere already.
    if (selectedSourceId !== null) return;
    const source = sources.find(({ id }) => id === settings?.selectedSourceId) ?? sources[0];
    if (source === undefined) return;
    selectSource(source.id);
    const newest = lanes.find(({ sourceId }) => sourceId === source.id)?.snapshots.at(-1);
    if (newest !== undefined) {
      selectSnapshot({ repositoryId: newest.repositoryId, snapshotId: newest.id }, source.id);
    }
    // A narrow window starts with the timeline in full.
    showDetails(false);
  }, [sources, lanes]);

  useEffect(() => {
    const { settings, changeSettings } = useStore.getState();
    if (!restored.current || settings === null || settings.selectedSourceId === selected) return;
    changeSettings({ selectedSourceId: selected }).catch(() => undefined);
  }, [selected]);
}
