import { z } from 'zod';
import { freezeTrialSchema, trialStateSchema, trialTargetSchema } from '../domain/freeze-trial.ts';
import { hookFolderSchema } from '../domain/hooks.ts';
import { method } from './method.ts';

export const stillPointMethods = {
  'stillPoints.trialState': method({
    title: 'Whether the filesystem of a source has to be tested before it is held',
    params: trialTargetSchema,
    result: trialStateSchema,
  }),
  'stillPoints.tryOut': method({
    title: 'Hold the filesystem that the system runs from for a moment, to see whether that works',
    params: trialTargetSchema,
    /** A trial that failed is a result. */
    result: freezeTrialSchema,
  }),
  'stillPoints.cancelTrial': method({
    title: 'Stop testing, while it waits or between two holds; the test then ends as cancelled',
    params: trialTargetSchema,
    result: z.object({}),
  }),
  'stillPoints.skipTrial': method({
    title: 'Leave the filesystem that the system runs from untried',
    params: trialTargetSchema,
    result: freezeTrialSchema,
  }),
  'stillPoints.hooks': method({
    title: 'Programs that can be called around a pause',
    params: z.strictObject({}),
    result: hookFolderSchema,
  }),
} as const;
