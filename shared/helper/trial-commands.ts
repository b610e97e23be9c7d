import { z } from 'zod';
import { freezeTrialSchema, trialStateSchema, trialTargetSchema } from '../domain/freeze-trial.ts';
import { command } from './command.ts';

/** Beside `registered` a folder may be named that is not registered yet: it is looked at with the caller's own rights. */
const source = trialTargetSchema;

export const trialCommands = {
  'freeze.trialState': command({
    title: 'Tell whether holding a source needs a trial first',
    right: 'registered',
    cancellable: true,
    timeoutMs: 30_000,
    params: source,
    result: trialStateSchema,
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
