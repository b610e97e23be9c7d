import { z } from 'zod';
import { excludeSizesSchema } from '../domain/excludes/presets.ts';
import { sourceIdSchema } from '../domain/ids.ts';
import { policySchema } from '../domain/policy.ts';
import { preflightSchema } from '../domain/preflight.ts';
import { sourceNameSchema, sourceSchema, sourceSpecSchema } from '../domain/source.ts';
import { method } from './method.ts';
import { snapshotMarkSchema } from './timeline.ts';

/**
 * `safe`: the last snapshot met the policy and holds all that is to be protected. `new`: none yet. `weaker`: the last one is
 * below the required level, or below what most before it reached, or part of the source could not be read.
 * `waiting`: a disk or a password is missing. `late`: the last snapshot that met the policy is too old, or there is none.
 * Late comes before waiting: who waits for too long is late.
 */
export const healthSchema = z.enum(['safe', 'new', 'running', 'waiting', 'late', 'weaker', 'failed']);
export type Health = z.infer<typeof healthSchema>;

export const sourceViewSchema = sourceSchema.extend({
  health: healthSchema,
  /** Why, in a few words for people, without its full stop; empty when safe. Of what is late, not that it is late. */
  healthText: z.string(),
  /** Only while it waits: but for what is missing now it would be safe, and it is not late. */
  safeMeanwhile: z.literal(true).optional(),
  lastGood: snapshotMarkSchema.nullable(),
  last: snapshotMarkSchema.nullable(),
  runningRunId: z.string().nullable(),
  /** When the next run is planned, milliseconds since the epoch; null: none is. */
  nextRunAt: z.number().nullable(),
  /** Why a run that is owed does not begin, for people; empty when none is owed. */
  heldBack: z.string(),
  /** Since when it counts as late, milliseconds since the epoch. */
  lateSince: z.number().nullable(),
  /** What else somebody should know, a sentence each. None of it changes the health. */
  notes: z.array(z.object({ kind: z.enum(['future-snapshot', 'not-deleted', 'trial']), text: z.string() })),
});
export type SourceView = z.infer<typeof sourceViewSchema>;
export type SourceNote = SourceView['notes'][number];

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
  'sources.setPolicy': method({
    title: 'Change when a source is backed up and what is kept',
    params: z.strictObject({ id: sourceIdSchema, policy: policySchema }),
    result: sourceSchema,
  }),
  'sources.excludeSizes': method({
    title: 'What presets and rules leave out, with sizes',
    params: z.strictObject({ spec: sourceSpecSchema }),
    result: excludeSizesSchema,
  }),
  'sources.remove': method({
    title: 'Stop protecting a source; its snapshots stay',
    params: z.strictObject({ id: sourceIdSchema }),
    result: z.object({}),
  }),
} as const;
