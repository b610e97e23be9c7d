import type { ListedFile } from '../backend/contract.ts';
import type { PackId } from '../format/ids.ts';
import type { BlobIndex } from '../index/blob-index.ts';

export interface PackUse {
  /** Listed packs of which nothing is needed, whether or not their file is there. */
  readonly unused: ReadonlySet<PackId>;
  /** Needed packs whose file is not there. */
  readonly missing: readonly PackId[];
  /** Files of no listed pack: an interrupted run left them. */
  readonly unlisted: readonly ListedFile[];
  /** Length of all these files. */
  readonly freeable: number;
  /** Bytes of blobs that nothing needs, in packs that are needed for others. */
  readonly behind: number;
}

/** What could go if only blobs marked with `bit` are needed. `files` are the packs that are there. */
export function packUse(index: BlobIndex, marks: Uint8Array, bit: number, files: readonly ListedFile[]): PackUse {
  const isNeeded = new Uint8Array(index.packCount);
  const notNeeded = new Float64Array(index.packCount);
  index.eachEntry((entry, pack, length) => {
    if (((marks[entry] ?? 0) & bit) !== 0) isNeeded[pack] = 1;
    else notNeeded[pack] = (notNeeded[pack] ?? 0) + length;
  });
  const unused = new Set(index.packIds.filter((_, pack) => isNeeded[pack] === 0));
  const present = new Set(files.map(({ name }) => name));
  const unlisted = files.filter(({ name }) => !index.hasPack(name as PackId));
  const going = files.filter(({ name }) => unused.has(name as PackId));
  return {
    unused,
    missing: index.packIds.filter((id) => !unused.has(id) && !present.has(id)),
    unlisted,
    freeable: [...unlisted, ...going].reduce((sum, { size }) => sum + size, 0),
    behind: notNeeded.reduce((sum, bytes, pack) => (isNeeded[pack] === 1 ? sum + bytes : sum), 0),
  };
}
