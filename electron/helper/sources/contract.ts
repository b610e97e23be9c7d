import type { Evidence, PathNote } from '../../../shared/domain/evidence.ts';
import type { ExcludeSizes } from '../../../shared/domain/excludes/presets.ts';

/** Places that are never part of a source nor of change tracking: our repositories, catalog, logs and scratch. */
export interface OwnPlaces {
  readonly paths: readonly string[];
}

export interface ExamineContext {
  readonly own: OwnPlaces;
  readonly signal: AbortSignal;
  /** Who reads everything anyway can do without a walk that only counts: `counted` is then false where nobody knows. */
  readonly counting?: 'now' | 'when-asked';
}

/** What a source is made of, found by looking only. Every kind adds its own facts to these. */
export interface SourceFacts {
  /** That of the specification: it decides which methods are asked. */
  readonly kind: string;
  /** One line for people: a path, an address, a machine's name. */
  readonly location: string;
  /** Absolute paths of what the snapshot holds, in their order; absent: `location` is the only one. */
  readonly paths?: readonly string[];
  readonly filesystem: string;
  readonly mountPoint: string;
  /** Where it lies on several filesystems: of each; absent: `mountPoint` is the only one. */
  readonly mountPoints?: readonly string[];
  readonly device: string;
  /** Parts that will not be in the snapshot, each with its reason. */
  readonly leftOut: readonly PathNote[];
  readonly files: number;
  readonly bytes: number;
  /** False when counting stopped early, or was not asked for; the counts are then lower bounds. Else full, as of now or of a run before. */
  readonly counted: boolean;
  /** Where counting was put off: the same facts counted. Rejects where the source cannot be looked through. */
  count?(): Promise<SourceFacts>;
  /** What was chosen to be left out, as restic shows it of a snapshot. For people. Absent: nothing can be. */
  readonly excludes?: readonly string[];
  /** What a snapshot’s evidence keeps of the source, whatever method holds it: its `detail`. */
  readonly detail?: Evidence['detail'];
}

/**
 * One kind of source. `examine` changes nothing and may be called at any time; it fails with `source-absent` or
 * `source-unreadable` when there is nothing to protect. A database's facts name its checkpoint and log, a machine's its
 * disks and bitmaps; the methods that hold them are listed where the helper is composed.
 */
export interface SourceKind<Spec extends { readonly kind: string }, Facts extends SourceFacts> {
  readonly kind: Spec['kind'];
  examine(spec: Spec, context: ExamineContext): Promise<Facts>;
  /** How much presets, rules and paths leave out. Absent: there is nothing that could be left out. */
  excludeSizes?(spec: Spec, context: ExamineContext): Promise<ExcludeSizes>;
  /** What changed of all that is backed up, after an instant. Absent: that cannot be told without a backup. */
  activity?(spec: Spec, context: ExamineContext, sinceNs: bigint): Promise<Activity>;
}

export interface Activity {
  /** Entries whose content, attributes or names changed since; one that was removed shows as its folder’s change. */
  readonly changes: number;
  /** Null when nothing did. */
  readonly newestNs: bigint | null;
  readonly tookMs: number;
}
