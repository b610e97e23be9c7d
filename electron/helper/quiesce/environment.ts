import type { OwnPlaces } from '../sources/contract.ts';
import type { FilesystemFacts } from '../sources/filesystem/facts.ts';
import type { HotFileWatch } from './hot-files/contract.ts';
import type { Journal } from './journal/contract.ts';
import type { FreezePace, SleepGate } from './lease/index.ts';
import type { RootHold } from './root/contract.ts';
import type { Trackers } from './tracking/contract.ts';

/** What the methods that hold need to know of the helper they run in. Handed in where the helper is composed. */
export interface QuiesceEnvironment {
  /** Repositories, catalog, logs, scratch: whatever of ours is written while a backup runs. Asked anew for each run. */
  readonly own: () => OwnPlaces;
  /** Files and folders this process runs from: its program, its libraries. Must not wait for a frozen filesystem. */
  readonly programPlaces: readonly string[];
  /** The native program of guard and witness. */
  readonly guardBinary: string;
  /** Folder for what does not fit into memory while writers are held. One of our own places. */
  readonly scratchDirectory: string;
  /** How much of a tree is kept in memory before the scratch folder is used, bytes. Default 256 MiB. */
  readonly spoolMemoryBytes?: number;
  /**
   * For a helper with more rights than its caller: an administrator has agreed to a place, and a link on the way to it
   * could be made to lead elsewhere afterwards. What is reached through one is not held. Default false.
   */
  readonly onlyDirectPlaces?: boolean;
  /** Changes since the run before; without it `precopy-freeze` is not available. */
  readonly journal?: Journal;
  /** Whether changes of a filesystem can be followed, asked for promises. Without it that shows when a run begins. */
  readonly trackers?: Pick<Trackers, 'problem'>;
  /** The watch that lets large files be taken by copy-before-write; null where there is none for this filesystem. */
  readonly hotFiles?: (facts: FilesystemFacts) => HotFileWatch | null;
  /** Without it the filesystem that the system runs from is never held. */
  readonly root?: RootHold;
  /** How much may be read into memory while writers wait, bytes. Default: what the machine can spare (`spareMemoryBytes`). */
  readonly deltaMemoryBytes?: number;
  /** Keeps freezes of one filesystem apart. One for all methods of a helper; without it they may follow at once. */
  readonly pace?: FreezePace;
  /** Keeps freezes and the system's sleep apart. The product always has one. */
  readonly sleep?: SleepGate;
  /** See StartGuardOptions. */
  readonly cgroupProcs?: string;
  readonly emergencyThaw?: boolean;
}

export const defaultSpoolMemoryBytes = 256 * 1024 * 1024;
