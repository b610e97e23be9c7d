import { randomBytes } from 'node:crypto';
import { type RunId, runIdSchema } from '../../shared/domain/ids.ts';
import { type Instant, msToInstant } from '../../shared/domain/time.ts';

export function newRun(): { readonly runId: RunId; readonly askedAt: Instant } {
  return { runId: runIdSchema.parse(randomBytes(16).toString('hex')), askedAt: msToInstant(Date.now()) };
}
