import type { AtomicDriver } from './driver.ts';
import { type SnapshotRecord, SnapshotRecords, timeOfMark } from './records.ts';

export interface LeftoverReport {
  /** Snapshots that a crash had left and that are gone now. */
  readonly removed: readonly string[];
  /** Still there, or not to be reached now; each with the reason, for people. */
  readonly kept: readonly { readonly mark: string; readonly reason: string }[];
}

/** A program that makes a snapshot goes on when the process that started it is killed; none takes as long as this. */
const longestMakingMs = 10 * 60_000;

/**
 * Removes the snapshots that runs which ended in a crash have left, and nothing else: only what is written down in
 * `recordsFolder`, and is held by no process that lives. Never rejects; what cannot be removed is tried again next time.
 */
export async function removeLeftoversOf(
  drivers: readonly AtomicDriver[],
  recordsFolder: string,
  now: () => number = Date.now,
): Promise<LeftoverReport> {
  const removed: string[] = [];
  const kept: { mark: string; reason: string }[] = [];
  try {
    for (const record of new SnapshotRecords(recordsFolder).abandoned()) {
      using held = record;
      const driver = drivers.find(({ method }) => method === held.method);
      if (driver === undefined) continue;
      try {
        const outcome = await driver.remove(held);
        if (outcome === 'absent') {
          kept.push({ mark: held.mark, reason: 'What it was made on is not there now.' });
          continue;
        }
        if (outcome === 'gone' && mayStillComeTo(held, now())) {
          kept.push({ mark: held.mark, reason: 'It is not there, and may still be being made.' });
          continue;
        }
        held.forget();
        if (outcome === 'removed') removed.push(held.mark);
      } catch (error) {
        kept.push({ mark: held.mark, reason: error instanceof Error ? error.message : String(error) });
      }
    }
  } catch (error) {
    kept.push({ mark: recordsFolder, reason: error instanceof Error ? error.message : String(error) });
  }
  return { removed, kept };
}

function mayStillComeTo({ mark, place }: SnapshotRecord, nowMs: number): boolean {
  const age = nowMs - timeOfMark(mark);
  return place.state !== 'made' && age >= 0 && age < longestMakingMs;
}
