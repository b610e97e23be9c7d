import { z } from 'zod';
import { runIdSchema, sourceIdSchema } from '../domain/ids.ts';
import { runEventSchema, runResultSchema, runTriggerSchema } from '../domain/run.ts';
import { instantSchema } from '../domain/time.ts';
import { command } from './command.ts';

export const backupCommands = {
  'backup.run': command({
    title: 'Back up a source',
    right: 'registered',
    cancellable: true,
    timeoutMs: 0,
    params: z.strictObject({
      sourceId: sourceIdSchema,
      runId: runIdSchema,
      askedAt: instantSchema,
      /** A scheduled run freezes only where that was allowed once (`schedule.allowStillPoints`), and asks nobody. */
      trigger: runTriggerSchema.default('person'),
    }),
    /** Cancellation and failure are outcomes in here; only a request that could not begin is an error. */
    result: runResultSchema,
    event: runEventSchema,
  }),
} as const;
