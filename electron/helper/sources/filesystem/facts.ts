import type { FilesystemSpec } from '../../../../shared/domain/source.ts';
import type { Mount } from '../../system/mounts.ts';
import type { SourceFacts } from '../contract.ts';
import type { OpenTree } from './tree.ts';

export interface FilesystemFacts extends SourceFacts {
  readonly kind: 'filesystem';
  readonly spec: FilesystemSpec;
  /** The directory itself, symlinks resolved. What `location` says. */
  readonly root: Buffer;
  /** The path that was asked for, when it leads to `root` through symlinks; else null. */
  readonly followedFrom: string | null;
  readonly mount: Mount;
  readonly deviceId: bigint;
  readonly inode: bigint;
  readonly directories: number;
  /** Symlinks, sockets, FIFOs, devices. */
  readonly others: number;
  /** Bytes of content that are stored: holes not counted. What a copy has to read. */
  readonly storedBytes: number;
  /** Where it was put off: the same facts counted. Rejects as `openTree` throws. */
  count?(): Promise<FilesystemFacts>;
  /**
   * Opens the tree. Throws `source-absent` when it is gone, `source-changed-identity` when the path now leads to another
   * directory (a disk was unplugged, the folder was replaced).
   */
  openTree(): OpenTree;
  /**
   * The tree of a copy of the root, for example in a snapshot of its filesystem, by the same rules and read in the same
   * name. Its device number is told as the original's; boundaries are where they are in the original at the time of the
   * call. `rootFd` (O_RDONLY | O_DIRECTORY) belongs to the tree, or is closed. Throws `source-changed-identity` when it is
   * a copy of another folder.
   */
  openCopy(rootFd: number): OpenTree;
}
