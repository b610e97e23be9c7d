import { z } from 'zod';
import { freezeTrialSchema } from '../domain/freeze-trial.ts';
import { sourceIdSchema } from '../domain/ids.ts';
import { command } from './command.ts';

const source = z.strictObject({ sourceId: sourceIdSchema });

export const trialCommands = {
  'freeze.trialState': command({
    title: 'Tell whether holding a source needs a trial first',
    right: 'registered',
    cancellable: true,
    timeoutMs: 30_000,
    params: source,
    result: z.object({
      /** The source lies on a filesystem that the system runs from: only a tried one is held. */
      concerns: z.boolean(),
      /** A trial would make it possible: it was never made here, or not with this kernel, or it failed or was skipped. */
      isNeeded: z.boolean(),
      /** What the desktop may feel, ms, for the question: *the desktop may stutter up to 250 ms*. */
      mayStallMs: z.number().int().nonnegative(),
      /** Why it may not be held now, for people; what a trial cannot help is listed too. */
      obstacles: z.array(z.string()),
      /** Of this filesystem, whichever kernel it was made with. */
      last: freezeTrialSchema.nullable(),
    }),
    event: z.never(),
  }),
  'freeze.trial': command({
    title: 'Hold a filesystem that the system runs from for a moment, to see whether that works',
    right: 'register',
    cancellable: true,
    timeoutMs: 180_000,
    params: source,
    /** A trial that failed is a result; an error is what kept it from being made. */
    result: freezeTrialSchema,
    event: z.never(),
  }),
  'freeze.skipTrial': command({
    title: 'Leave a filesystem that the system runs from untried',
    right: 'registered',
    cancellable: true,
    timeoutMs: 30_000,
    params: source,
    result: freezeTrialSchema,
    event: z.never(),
  }),
} as const;
