import { closeSync, copyFileSync, openSync } from 'node:fs';
import { runProgramOk } from '../../../system/exec.ts';
import { freezeUnguarded, thaw } from '../../../system/ioctl.ts';
import { syncFilesystem } from '../../../system/sync.ts';
import type { LoopFilesystem } from '../../../system/testing/loop-filesystem.ts';

/**
 * Does to a loop filesystem what LVM does to its volume: freezes it, copies what it stands on, thaws it. Returns the copy's
 * own read-only loop device. Without `isFrozen` it does what LVM never must.
 */
export async function copyImage(filesystem: LoopFilesystem, target: string, isFrozen: boolean): Promise<string> {
  const fd = openSync(filesystem.mountPoint, 'r');
  try {
    await syncFilesystem(fd);
    if (isFrozen) freezeUnguarded(fd);
    try {
      copyFileSync(filesystem.image, target);
    } finally {
      if (isFrozen) thaw(fd);
    }
  } finally {
    closeSync(fd);
  }
  const { stdout } = await runProgramOk('/usr/sbin/losetup', ['--find', '--show', '--read-only', target]);
  return stdout.toString().trim();
}

export async function detach(device: string): Promise<void> {
  await runProgramOk('/usr/sbin/losetup', ['--detach', device]);
}
