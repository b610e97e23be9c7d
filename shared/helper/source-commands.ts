import { z } from 'zod';
import { sourceIdSchema } from '../domain/ids.ts';
import { policySchema } from '../domain/policy.ts';
import { preflightSchema } from '../domain/preflight.ts';
import { sourceNameSchema, sourceSchema, sourceSpecSchema } from '../domain/source.ts';
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
