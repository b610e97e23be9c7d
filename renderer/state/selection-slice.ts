import type { SourceId } from '../../shared/domain/ids.ts';
import type { Slice } from './slice.ts';
import type { SnapshotRef } from './view.ts';

export interface SelectionSlice {
  readonly selectedSourceId: SourceId | null;
  /** Key of the lane that holds the selected snapshot; lanes of unregistered sources have no source id. */
  readonly selectedLaneKey: string | null;
  readonly selectedSnapshot: SnapshotRef | null;
  readonly selectSource: (sourceId: SourceId | null) => void;
  readonly selectSnapshot: (snapshot: SnapshotRef | null, laneKey: string | null) => void;
}

export const createSelectionSlice: Slice<SelectionSlice> = (set, get) => ({
  selectedSourceId: null,
  selectedLaneKey: null,
  selectedSnapshot: null,
  selectSource: (sourceId) => set({ selectedSourceId: sourceId, selectedLaneKey: sourceId, selectedSnapshot: null }),
  selectSnapshot: (snapshot, laneKey) => {
    const source = get().sources?.find(({ id }) => id === laneKey);
    set({
      selectedSnapshot: snapshot,
      selectedLaneKey: laneKey,
      selectedSourceId: source?.id ?? get().selectedSourceId,
    });
  },
});
