import { answeredOpens } from '../holding/answered-opens.ts';
import type { ExpectedDelta } from './prediction.ts';

/** Refuses to hold what somebody answers for: see `answeredOpens`. */
export function requireNothingOpened({ files, folders = [] }: ExpectedDelta, doesSystemRunFromIt: boolean): void {
  if (doesSystemRunFromIt) throw answeredOpens('the system runs from it.');
  if (files.length + folders.length > 0) throw answeredOpens('something would have to be opened meanwhile.');
}
