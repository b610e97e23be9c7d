import { z } from 'zod';
import { sourceIdSchema } from '../domain/ids.ts';
import { policySchema } from '../domain/policy.ts';
import { preflightSchema } from '../domain/preflight.ts';
import { sourceNameSchema, sourceSchema, sourceSpecSchema } from '../domain/source.ts';
import { method } from './method.ts';
import { snapshotMarkSchema } from './timeline.ts';

/**
 * `safe`: the last snapshot met the policy and holds all that is to be protected. `new`: none yet. `weaker`: the last one is
 * below the required level, or part of the source could not be read.
 * `waiting`: a disk or a password is missing. `late` joins with schedules.
 */
export const healthSchema = z.enum(['safe', 'new', 'running', 'waiting', 'late', 'weaker', 'failed']);
export type Health = z.infer<typeof healthSchema>;

export const sourceViewSchema = sourceSchema.extend({
  health: healthSchema,
  /** Why, in a few words for people; empty when safe. */
  healthText: z.string(),
  lastGood: snapshotMarkSchema.nullable(),
  last: snapshotMarkSchema.nullable(),
  runningRunId: z.string().nullable(),
});
export type SourceView = z.infer<typeof sourceViewSchema>;

const registration = { name: sourceNameSchema, spec: sourceSpecSchema, policy: policySchema };

export const sourceMethods = {
  'sources.list': method({
    title: 'Sources and their health',
    params: z.strictObject({}),
    result: z.array(sourceViewSchema),
  }),
  'sources.preflight': method({
    title: 'What a source would get',
    params: z.strictObject({ spec: sourceSpecSchema, policy: policySchema.partial() }),
    result: preflightSchema,
  }),
  'sources.add': method({ title: 'Protect a source', params: z.strictObject(registration), result: sourceSchema }),
  'sources.update': method({
    title: 'Change a source',
    params: z.strictObject({ id: sourceIdSchema, ...registration }),
    result: sourceSchema,
  }),
  'sources.remove': method({
    title: 'Stop protecting a source; its snapshots stay',
    params: z.strictObject({ id: sourceIdSchema }),
    result: z.object({}),
  }),
} as const;
