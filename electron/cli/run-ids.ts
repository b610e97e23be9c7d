import { randomBytes } from 'node:crypto';
import { type RunId, runIdSchema } from '../../shared/domain/ids.ts';
import { type Instant, msToInstant } from '../../shared/domain/time.ts';

export function newRunId(): RunId {
  return runIdSchema.parse(randomBytes(16).toString('hex'));
}

export function newRun(): { readonly runId: RunId; readonly askedAt: Instant } {
  return { runId: newRunId(), askedAt: msToInstant(Date.now()) };
}
