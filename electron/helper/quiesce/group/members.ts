import type { Hold } from '../../../../shared/domain/evidence.ts';
import type { FilesystemFacts } from '../../sources/filesystem/facts.ts';
import type { OpenTree } from '../../sources/filesystem/tree.ts';
import type { GroupFacts } from '../../sources/group/facts.ts';
import type { QuiesceContext } from '../contract.ts';
import type { QuiesceEnvironment } from '../environment.ts';
import type { JournalLoan } from '../journal/contract.ts';
import type { AfterThaw } from '../precopy-freeze/after-thaw.ts';
import type { TakenDelta } from '../precopy-freeze/frozen-delta.ts';
import type { SourceHold } from '../precopy-freeze/source-hold.ts';
import type { MeasuredStalls } from '../precopy-freeze/stall-model.ts';
import type { PrecopySteps } from '../precopy-freeze/steps.ts';
import type { RootPlace } from '../view/ancestors.ts';
import type { GroupFilesystem } from './freeze-order.ts';

export interface OpenMember {
  readonly facts: FilesystemFacts;
  readonly tree: OpenTree;
  readonly loan: JournalLoan;
  readonly place: RootPlace;
}

export interface Member extends OpenMember {
  readonly source: SourceHold;
  /** What its own part counts from; null: nothing. */
  readonly base: string | null;
}

export interface GroupRunParts {
  readonly facts: GroupFacts;
  readonly members: readonly OpenMember[];
  readonly longestStallMs: number;
  readonly context: QuiesceContext;
  readonly environment: QuiesceEnvironment;
  readonly steps: PrecopySteps;
  readonly stalls: MeasuredStalls;
}

/** Of one filesystem, what all on it share. */
export interface HeldFilesystem {
  readonly filesystem: GroupFilesystem<Member>;
  readonly hold: Hold;
}

export interface TakenGroup {
  readonly held: readonly HeldFilesystem[];
  readonly after: ReadonlyMap<Member, AfterThaw>;
}

export function sumOf(taken: readonly TakenDelta[]): { readonly files: number; readonly bytes: number } {
  return {
    files: taken.reduce((sum, { files }) => sum + files, 0),
    bytes: taken.reduce((sum, { bytes }) => sum + bytes, 0),
  };
}
