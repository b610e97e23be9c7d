import type { Evidence, PathNote } from '../../../shared/domain/evidence.ts';

/** Places that are never part of a source nor of change tracking: our repositories, catalog, logs and scratch. */
export interface OwnPlaces {
  readonly paths: readonly string[];
}

export interface ExamineContext {
  readonly own: OwnPlaces;
  readonly signal: AbortSignal;
}

/** What a source is made of, found by looking only. Every kind adds its own facts to these. */
export interface SourceFacts {
  /** One line for people: a path, an address, a machine's name. */
  readonly location: string;
  /** Absolute paths of what the snapshot holds, in their order; absent: `location` is the only one. */
  readonly paths?: readonly string[];
  readonly filesystem: string;
  readonly mountPoint: string;
  readonly device: string;
  /** Parts that will not be in the snapshot, each with its reason. */
  readonly leftOut: readonly PathNote[];
  readonly files: number;
  readonly bytes: number;
  /** False when counting stopped early; the counts are then lower bounds. Else full, as of now or of a run before. */
  readonly counted: boolean;
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
}
