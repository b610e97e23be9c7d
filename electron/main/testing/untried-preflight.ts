import type { MethodPromise, Preflight } from '../../../shared/domain/preflight.ts';

const precopy: MethodPromise = {
  ...{ method: 'precopy-freeze', available: false, level: 'filesystem', expectedStallMs: 15 },
  ...{ reasons: ['It has to be tried once.'], remedies: ['trial'] },
};
const live: MethodPromise = {
  ...{ method: 'live', available: true, level: 'observed-static', expectedStallMs: 0, reasons: [], remedies: [] },
};

/** A folder on the filesystem that the system runs from: only a trial is missing. */
export const untriedPreflight: Preflight = {
  ...{ chosen: live, considered: [precopy, live], filesystem: 'ext4', mountPoint: '/', device: '/dev/sda1' },
  ...{ freezesWholeFilesystem: false, leftOut: [], files: 1, bytes: 1, counted: true },
};

/** The same with a snapshot of the filesystem's own, for which nobody waits. */
export const snapshotPreflight: Preflight = {
  ...untriedPreflight,
  chosen: { ...live, method: 'btrfs-snapshot', level: 'filesystem' },
};
