import { constants } from 'node:fs';
import type { Statx } from '../../system/statx.ts';

/** Where snapshots of a whole subvolume are kept while they are read, in the topmost folder of their filesystem. */
export const snapshotFolderName = '.stillpoint-snapshots';
/** Nobody but root may even pass: what is in it keeps old files readable to whoever could read them then. */
export const snapshotFolderMode = 0o700;

const nameBytes = Buffer.from(snapshotFolderName);

/** True for such a folder wherever it is met, and for nothing that anybody but root could have made. */
export function isSnapshotFolder(name: Buffer, stat: Pick<Statx, 'mode' | 'uid'>): boolean {
  const isFolder = (stat.mode & constants.S_IFMT) === constants.S_IFDIR;
  return isFolder && stat.uid === 0 && (stat.mode & 0o7777) === snapshotFolderMode && name.equals(nameBytes);
}
