import type { Backend } from '../backend/contract.ts';
import type { Sealer } from '../crypto/sealer.ts';
import type { Documents } from '../documents.ts';
import type { SnapshotList } from '../snapshots/snapshots.ts';

export interface RepairDependencies {
  readonly backend: Backend;
  readonly sealer: Sealer;
  readonly documents: Documents;
  readonly listSnapshots: (signal?: AbortSignal) => Promise<SnapshotList>;
}

/** `packs` counts packs, `snapshots` snapshots, `index` files written and removed. */
export type RepairPhase = 'packs' | 'snapshots' | 'index';

export interface RepairProgress {
  readonly phase: RepairPhase;
  readonly done: number;
  readonly total: number;
}

export interface RepairOptions {
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((progress: RepairProgress) => void) | undefined;
}

export interface CarryOutOptions {
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((progress: RepairProgress) => void) | undefined;
}
