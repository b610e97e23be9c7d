import { earnLevel, type LevelEvidence } from '../../../../shared/domain/earn-level.ts';

/**
 * Whether a later run may count from what this evidence tells of: only from a moment that was held and shown to be still.
 * Whatever else lowers the level (a doubt, somebody who could not be looked at) may have left old content in the picture.
 */
export function mayBeCountedFrom(evidence: Omit<LevelEvidence, 'files'>): boolean {
  return earnLevel({ ...evidence, files: noneTorn }).level === 'filesystem';
}

/** Torn files are not this evidence's to tell; a snapshot that has any is never counted from. */
const noneTorn: LevelEvidence['files'] = {
  ...{ files: 0, directories: 0, others: 0, bytes: 0, rereadTotal: 0 },
  ...{ torn: [], tornTotal: 0, unreadable: [], unreadableTotal: 0 },
};
