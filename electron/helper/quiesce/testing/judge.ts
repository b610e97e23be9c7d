import { type EarnedLevel, earnLevel } from '../../../../shared/domain/earn-level.ts';
import type { FilesEvidence } from '../../../../shared/domain/evidence.ts';
import type { StillEvidence } from '../contract.ts';
import type { WrittenView } from './write-view.ts';

/** The level an outcome earns together with what became of its files, by the one rule there is. */
export function judge(evidence: StillEvidence, written: WrittenView): EarnedLevel {
  const { hold, observation, agreement, atomic, tracking = null } = evidence;
  return earnLevel({ hold, observation, agreement, atomic, tracking, files: filesEvidence(evidence, written) });
}

export function filesEvidence(evidence: StillEvidence, written: WrittenView): FilesEvidence {
  return {
    files: written.files,
    directories: written.directories,
    others: written.others,
    bytes: written.bytes,
    rereadTotal: evidence.rereadTotal,
    torn: [...written.torn],
    tornTotal: written.torn.length,
    unreadable: [...written.unreadable],
    unreadableTotal: written.unreadable.length,
  };
}
