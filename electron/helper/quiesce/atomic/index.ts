import type { FilesystemFacts } from '../../sources/filesystem/facts.ts';
import type { QuiesceMethod } from '../contract.ts';
import { type AtomicEnvironment, createAtomicMethod } from './atomic-method.ts';
import { btrfsDriver } from './btrfs/index.ts';
import { type LeftoverReport, removeLeftoversOf } from './leftovers.ts';
import { lvmDriver } from './lvm/index.ts';
import { zfsDriver } from './zfs/index.ts';

export type { AtomicEnvironment } from './atomic-method.ts';
export type { LeftoverReport } from './leftovers.ts';

export function createBtrfsSnapshot(environment: AtomicEnvironment): QuiesceMethod<FilesystemFacts> {
  return createAtomicMethod(btrfsDriver(), environment);
}

export function createLvmSnapshot(environment: AtomicEnvironment): QuiesceMethod<FilesystemFacts> {
  return createAtomicMethod(lvmDriver(), environment);
}

export function createZfsSnapshot(environment: AtomicEnvironment): QuiesceMethod<FilesystemFacts> {
  return createAtomicMethod(zfsDriver(), environment);
}

/**
 * Removes the snapshots that earlier runs have left because they, or the machine, crashed; to be called once when a helper
 * starts, with the same environment. Ours only, and only those that no living process uses. Never rejects.
 */
export function removeLeftovers(environment: Pick<AtomicEnvironment, 'recordsFolder'>): Promise<LeftoverReport> {
  return removeLeftoversOf([btrfsDriver(), lvmDriver(), zfsDriver()], environment.recordsFolder);
}
