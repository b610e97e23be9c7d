import type { MethodPromise } from '../../../../shared/domain/preflight.ts';
import type { FilesystemFacts } from '../../sources/filesystem/facts.ts';
import type { SnapshotRecord } from './records.ts';

export interface Obstacle {
  readonly reason: string;
  /** It is storage of another kind altogether: nothing that could be changed would make it possible. */
  readonly isForeign?: boolean;
  readonly remedy?: MethodPromise['remedies'][number];
}

/** An atomic copy that stands. Everything in it is of one instant, which lies between the two times. */
export interface AtomicCopy {
  /** Wall clock, ns: asked for, and known to be there. */
  readonly askedNs: bigint;
  readonly madeNs: bigint;
  /** What evidence keeps of it beside what every snapshot has. */
  readonly detail: Readonly<Record<string, string | number | boolean | null>>;
  /** The copy of the source's root, O_RDONLY | O_DIRECTORY; belongs to the caller. `freeze-refused` when it is not in it. */
  openRoot(): Promise<number>;
  /** Rejects with `freeze-ended-early` when the copy did not last (its space ran out): whatever was read of it is void. */
  check(): Promise<void>;
  /** Lets go of whatever it keeps open. Called before it is removed, on every path. */
  close(): void;
}

/**
 * One kind of storage that can take atomic copies of itself. A copy is written down before it is made (`SnapshotRecord`), so
 * that it is found again whatever happens, and nothing is ever removed that is not written down.
 */
export interface AtomicDriver {
  readonly method: 'btrfs-snapshot' | 'lvm-snapshot' | 'zfs-snapshot';
  /** As it is called in evidence: `One KIND snapshot`. */
  readonly kind: string;
  /**
   * Whether its copies hold exactly what was complete at one instant, unsynced renames and stores through memory included.
   * True only where this repository's oracles were run and say so; the driver's file tells which.
   */
  readonly oraclesPassed: boolean;
  /** Why it cannot be done for this source, here and now; looks only. */
  obstacles(facts: FilesystemFacts): Promise<readonly Obstacle[]>;
  /** What is to be known although it can be done, one sentence each. */
  limits(facts: FilesystemFacts): readonly string[];
  /** How long writers wait while it is made, ms: see README.md. */
  readonly expectedStallMs: number;
  /** Everybody who writes to the filesystem is held while it is made: by the kernel, not by us, and as long as that takes. */
  readonly holdsWriters: boolean;
  /** Name and place of a copy to be made, for the record. `mark` is ours alone: letters, digits, dashes. Looks only. */
  plan(facts: FilesystemFacts, sourceFd: number, mark: string): Promise<Readonly<Record<string, string>>>;
  /**
   * Makes it. `note` adds facts to the record as soon as they are known. When it rejects, nothing was made, or what was made
   * is found by the record.
   */
  take(
    facts: FilesystemFacts,
    sourceFd: number,
    record: SnapshotRecord,
    note: (facts: Readonly<Record<string, string>>) => void,
  ): Promise<AtomicCopy>;
  /**
   * Removes what a record tells of, and nothing else: it must be there under that name, with every mark that it was made
   * with. `gone`: it is not there (any more). `absent`: what it is on is not there now; to be tried again later.
   */
  remove(record: SnapshotRecord): Promise<'removed' | 'gone' | 'absent'>;
}
