import { earnLevel } from '../../../shared/domain/earn-level.ts';
import { shortId } from '../../../shared/domain/ids.ts';
import { levelRoutes } from '../../../shared/domain/level-conditions.ts';
import { msToInstant } from '../../../shared/domain/time.ts';
import type { IpcResult } from '../../../shared/ipc/contract.ts';

/**
 * The proof of a snapshot as a file: what was recorded, how it was taken, the level derived from the record once more, and
 * what each level would have asked of the record, so that a reader can go through it without this program.
 */
export function proofOf(
  { summary, mark, evidence, run }: IpcResult<'snapshots.details'>,
  appVersion: string,
  now: number,
): { suggestedName: string; content: string } {
  const proof = {
    format: 'stillpoint-proof',
    version: 1,
    savedAt: msToInstant(now),
    savedBy: `Stillpoint ${appVersion}`,
    snapshot: summary,
    verified: mark.verified,
    evidence,
    derivedLevel: evidence && earnLevel(evidence),
    // The first whose conditions are all met is the level; where none is, files are torn.
    waysToALevel: evidence && levelRoutes(evidence),
    run,
  };
  const time = summary.time.slice(0, 19).replaceAll(':', '-');
  return {
    suggestedName: `Stillpoint proof ${shortId(summary.id)} ${time}.json`,
    content: `${JSON.stringify(proof, undefined, 2)}\n`,
  };
}
