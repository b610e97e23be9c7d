import type { TrialState } from '../../../shared/domain/freeze-trial.ts';
import { forgetWarningReason } from '../../../shared/domain/keep/forget-warning.ts';
import { keepsEverything } from '../../../shared/domain/keep/rules.ts';
import { isLowSpace } from '../../../shared/domain/low-space.ts';
import type { RepositoryStatus } from '../../../shared/domain/repository.ts';
import type { Source } from '../../../shared/domain/source.ts';
import { msToInstant } from '../../../shared/domain/time.ts';
import type { SourceNote } from '../../../shared/ipc/sources.ts';
import type { FailedForgets } from './catalog-port.ts';
import { sentence } from './words.ts';

export interface NoteFacts {
  readonly source: Source;
  readonly repository: RepositoryStatus | undefined | null;
  /** The newest snapshot, where its time lies in the future. */
  readonly aheadAt: number | null;
  readonly failedForgets: FailedForgets | undefined;
  /** Of the filesystem it lies on, where a person is to be asked because of this source. */
  readonly trial: TrialState | undefined;
}

/** Another program may use a repository now and then; it does not always. */
const patientBackups = 3;

/** What somebody should know of a source besides its health. */
export function sourceNotes({ source, repository, aheadAt, failedForgets, trial }: NoteFacts): SourceNote[] {
  const notes: SourceNote[] = [];
  if (aheadAt !== null) notes.push({ kind: 'future-snapshot', text: futureWords(aheadAt) });
  const enough = repository && isLowSpace(repository) ? 1 : patientBackups;
  if (failedForgets && failedForgets.backups >= enough && !keepsEverything(source.policy.keep)) {
    notes.push({ kind: 'not-deleted', text: notDeletedWords(failedForgets) });
  }
  if (trial !== undefined) notes.push({ kind: 'trial', text: trialWords(trial) });
  return notes;
}

/** `2099-11-20`: as dates that are wrong are best recognised. */
function futureWords(at: number): string {
  return `A snapshot is dated in the future (${msToInstant(at).slice(0, 10)}): the clock was wrong when it was made, or is wrong now. It does not count as a backup.`;
}

function trialWords({ last }: TrialState): string {
  return last === null
    ? 'It is on the filesystem your system runs from, and whether that can be held still was not tested yet.'
    : 'The kernel was changed, so whether the filesystem your system runs from can be held still has to be tested again.';
}

function notDeletedWords({ backups, text }: FailedForgets): string {
  const since = backups === 1 ? 'the last backup' : `${backups} backups`;
  return `Old snapshots could not be deleted for ${since}: ${sentence(forgetWarningReason(text))}`;
}
