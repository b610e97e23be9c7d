import { z } from 'zod';
import { excludeSizesSchema } from '../domain/excludes/presets.ts';
import { sourceIdSchema } from '../domain/ids.ts';
import { policySchema } from '../domain/policy.ts';
import { preflightSchema } from '../domain/preflight.ts';
import { sourceNameSchema, sourceSchema, sourceSpecSchema } from '../domain/source.ts';
import { instantSchema } from '../domain/time.ts';
import { command } from './command.ts';

const registration = { name: sourceNameSchema, spec: sourceSpecSchema, policy: policySchema };

export const sourceCommands = {
  'sources.list': command({
    title: 'List registered sources',
    right: 'registered',
    cancellable: false,
    timeoutMs: 5_000,
    params: z.strictObject({}),
    result: z.array(sourceSchema),
    event: z.never(),
  }),
  'sources.preflight': command({
    title: 'Find out how a source could be held still',
    right: 'own',
    cancellable: true,
    timeoutMs: 30_000,
    params: z.strictObject({ spec: sourceSpecSchema, policy: policySchema.partial() }),
    result: preflightSchema,
    event: z.never(),
  }),
  'sources.add': command({
    title: 'Register a source',
    right: 'register',
    cancellable: false,
    timeoutMs: 120_000,
    params: z.strictObject(registration),
    result: sourceSchema,
    event: z.never(),
  }),
  'sources.update': command({
    title: 'Change a registered source',
    right: 'register',
    cancellable: false,
    timeoutMs: 120_000,
    params: z.strictObject({ id: sourceIdSchema, ...registration }),
    result: sourceSchema,
    event: z.never(),
  }),
  'sources.setPolicy': command({
    title: 'Change when a source is backed up and what is kept',
    right: 'registered',
    cancellable: false,
    timeoutMs: 120_000,
    /** What would widen what the helper does for its caller (another repository, a longer stall) needs `sources.update`. */
    params: z.strictObject({ id: sourceIdSchema, policy: policySchema }),
    result: sourceSchema,
    event: z.never(),
  }),
  'sources.activity': command({
    title: 'Count what changed in a source since an instant',
    right: 'registered',
    cancellable: true,
    timeoutMs: 120_000,
    params: z.strictObject({ id: sourceIdSchema, since: instantSchema }),
    result: z.strictObject({
      changes: z.number().int().nonnegative(),
      newestChangeAt: instantSchema.nullable(),
      /** Milliseconds looking took: whoever asks again soon knows what it costs. */
      tookMs: z.number().nonnegative(),
    }),
    event: z.never(),
  }),
  'sources.excludeSizes': command({
    title: 'Measure what presets and rules leave out',
    right: 'own',
    cancellable: true,
    timeoutMs: 120_000,
    params: z.strictObject({ spec: sourceSpecSchema }),
    result: excludeSizesSchema,
    event: z.never(),
  }),
  'sources.remove': command({
    title: 'Stop protecting a source; its snapshots stay',
    right: 'registered',
    cancellable: false,
    timeoutMs: 5_000,
    params: z.strictObject({ id: sourceIdSchema }),
    result: z.strictObject({}),
    event: z.never(),
  }),
} as const;
