import { isStillpointError } from '../../../shared/errors/index.ts';
import type { HeldLock } from '../repository/index.ts';
import type { RunReporter } from './run-reporter.ts';

/** Keeps nobody out; nothing can be deleted with it. */
const noLock: HeldLock = {
  mode: 'shared',
  lost: new AbortController().signal,
  sequence: 0,
  assertHeld: () => {},
  verifyHeld: async () => {},
  settled: async () => {},
  release: async () => {},
};

/**
 * The lock of a run that only looks. Where none can be written, because the place is read-only or its disk is full, it goes
 * without, and says so: that harms nobody, but who deletes meanwhile is not kept out.
 */
export async function lockToLook(report: RunReporter, acquire: () => Promise<HeldLock>): Promise<HeldLock> {
  try {
    return await acquire();
  } catch (error) {
    const isReadOnly = isStillpointError(error, 'repository-read-only');
    if (!isReadOnly && !isStillpointError(error, 'repository-full')) throw error;
    const why = isReadOnly ? 'The place is read-only' : 'The disk is full';
    report.note(
      'warning',
      `${why}: this looks without a lock. What others delete there meanwhile would be taken for damage; look again then.`,
    );
    return noLock;
  }
}
