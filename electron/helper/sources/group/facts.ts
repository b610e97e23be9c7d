import type { SourceFacts } from '../contract.ts';
import type { FilesystemFacts } from '../filesystem/facts.ts';

/** Several folders or mount points that are one source: all of them are to be from one instant. */
export interface GroupFacts extends SourceFacts {
  readonly kind: 'group';
  readonly paths: readonly string[];
  /** None of them lies in another one's own filesystem below it. */
  readonly members: readonly FilesystemFacts[];
}
