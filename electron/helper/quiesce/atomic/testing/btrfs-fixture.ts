import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { snapshotFolderName } from '../../../sources/filesystem/own-snapshots.ts';
import type { FilesystemFacts } from '../../../sources/index.ts';
import { type LoopFilesystem, openLoopFilesystem } from '../../../system/testing/loop-filesystem.ts';
import type { QuiesceMethod } from '../../contract.ts';
import { examineFolder } from '../../testing/examine-folder.ts';
import { type ScratchFolder, scratchFolder } from '../../testing/scratch-folder.ts';
import { createBtrfsSnapshot } from '../index.ts';
import { openBelow } from './open-below.ts';
import { makeSmallTree } from './small-tree.ts';

/** A btrfs of its own with a small source, and the method on it. */
export interface BtrfsFixture extends AsyncDisposable {
  readonly filesystem: LoopFilesystem;
  readonly root: string;
  readonly records: ScratchFolder;
  readonly method: QuiesceMethod<FilesystemFacts>;
  readonly facts: FilesystemFacts;
  /** Snapshots of ours and records of them. */
  left(): { readonly snapshots: readonly string[]; readonly records: readonly string[] };
  leftovers(): readonly string[];
}

export async function openBtrfs(): Promise<BtrfsFixture> {
  const filesystem = await openLoopFilesystem({ type: 'btrfs', sizeMiB: 128 });
  const records = scratchFolder('records');
  const root = join(filesystem.mountPoint, 'source');
  makeSmallTree(root);
  const left = () => ({
    snapshots: namesIn(join(filesystem.mountPoint, snapshotFolderName)),
    records: namesIn(records.path),
  });
  return {
    filesystem,
    root,
    records,
    method: createBtrfsSnapshot({ recordsFolder: records.path }),
    facts: await examineFolder(root),
    left,
    leftovers: () => [
      ...openBelow(filesystem.mountPoint, `/${snapshotFolderName}`, records.path),
      ...left().snapshots,
      ...left().records,
    ],
    [Symbol.asyncDispose]: async () => {
      await filesystem.close();
      records[Symbol.dispose]();
    },
  };
}

export function namesIn(directory: string): readonly string[] {
  try {
    return readdirSync(directory).sort();
  } catch {
    return [];
  }
}
