import type { SourceFacts } from '../contract.ts';
import type { FilesystemFacts } from '../filesystem/facts.ts';

/** Several folders or mount points that are one source: all of them are to be from one instant. */
export interface GroupFacts extends SourceFacts {
  readonly kind: 'group';
  /** In order. */
  readonly paths: readonly string[];
  readonly mountPoints: readonly string[];
  /** In the order of `paths`. None of them is part of another. */
  readonly members: readonly FilesystemFacts[];
}
