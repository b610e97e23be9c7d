import type { SourceId } from '../../shared/domain/ids.ts';
import type { Slice } from './slice.ts';
import type { SnapshotRef } from './view.ts';

export interface SelectionSlice {
  readonly selectedSourceId: SourceId | null;
  /** Key of the lane that holds the selected snapshot; lanes of unregistered sources have no source id. */
  readonly selectedLaneKey: string | null;
  readonly selectedSnapshot: SnapshotRef | null;
  /** Whether a narrow window shows the details over the timeline; a wide one always shows them. */
  readonly detailsShown: boolean;
  readonly showDetails: (shown: boolean) => void;
  readonly selectSource: (sourceId: SourceId | null) => void;
  readonly selectSnapshot: (snapshot: SnapshotRef | null, laneKey: string | null) => void;
}

export const createSelectionSlice: Slice<SelectionSlice> = (set, get) => ({
  selectedSourceId: null,
  selectedLaneKey: null,
  selectedSnapshot: null,
  detailsShown: false,
  showDetails: (detailsShown) => set({ detailsShown }),
  selectSource: (sourceId) => set({ selectedSourceId: sourceId, selectedLaneKey: sourceId, selectedSnapshot: null }),
  selectSnapshot: (snapshot, laneKey) => {
    const source = get().sources?.find(({ id }) => id === laneKey);
    set({
      selectedSnapshot: snapshot,
      selectedLaneKey: laneKey,
      detailsShown: snapshot !== null,
      selectedSourceId: source?.id ?? get().selectedSourceId,
    });
  },
});
