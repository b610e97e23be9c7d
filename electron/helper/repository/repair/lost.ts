import type { BlobId } from '../../../../shared/domain/ids.ts';
import type { Backend } from '../backend/contract.ts';
import type { Sealer } from '../crypto/sealer.ts';
import type { BlobIndex } from '../index/blob-index.ts';
import { checkTrees } from '../maintenance/check-trees.ts';
import { BlobReader } from '../pack/blob-reader.ts';
import type { Snapshot } from '../snapshots/snapshots.ts';

/** Something that snapshots need and that is nowhere. */
export interface Loss {
  readonly text: string;
  /** `snapshot:path` of the first place where it is missed. */
  readonly where: string;
}

export interface Losses {
  /** The first thousand. */
  readonly losses: readonly Loss[];
  readonly total: number;
}

export const maxLosses = 1000;

/** What of the snapshots is missing if `index` is all there is. Reads every tree. */
export async function findLosses(
  { backend, sealer }: { readonly backend: Backend; readonly sealer: Sealer },
  index: BlobIndex,
  snapshots: readonly Snapshot[],
  options: { readonly signal: AbortSignal | undefined; readonly onSnapshot: (done: number, total: number) => void },
): Promise<Losses> {
  const reader = new BlobReader(backend, sealer);
  const losses: Loss[] = [];
  let total = 0;
  const loadBlob = (id: BlobId) => reader.load(index, 'tree', id);
  await checkTrees({ index, loadBlob, used: new Uint8Array(index.size) }, snapshots, {
    signal: options.signal,
    progress: ({ done, total: all }) => options.onSnapshot(done, all),
    report: ({ text, affects: [where = ''] }) => {
      total += 1;
      if (losses.length < maxLosses) losses.push({ text, where });
    },
  });
  return { losses, total };
}
