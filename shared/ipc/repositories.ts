import { z } from 'zod';
import { repositoryIdSchema, runIdSchema, snapshotIdSchema } from '../domain/ids.ts';
import { freeableSchema } from '../domain/keep/plan.ts';
import { placeCredentialsSchema } from '../domain/location.ts';
import {
  placeProbeSchema,
  repositoryKeySchema,
  repositoryLocationSchema,
  repositorySchema,
  repositoryStatusSchema,
} from '../domain/repository.ts';
import { passwordSchema } from '../helper/repository-commands.ts';
import { method } from './method.ts';

const id = repositoryIdSchema;
/** What a server wants; remembered with the password. */
const credentials = placeCredentialsSchema.optional();
const name = z.string().trim().min(1, 'a name is needed').max(100);

export const repositoryMethods = {
  'repositories.list': method({
    title: 'Repositories and whether they are there',
    params: z.strictObject({}),
    result: z.array(
      repositoryStatusSchema.extend({
        passwordRemembered: z.boolean(),
        snapshots: z.number().int(),
        /** What is added per day as stored; null: not known yet. */
        growthPerDay: z.number().nullable(),
        /** When it will be full at that rate, milliseconds since the epoch; null: not known, or not growing. */
        fullAt: z.number().nullable(),
      }),
    ),
  }),
  'repositories.probe': method({
    title: 'What is at a place',
    params: z.strictObject({ location: repositoryLocationSchema, credentials }),
    result: placeProbeSchema,
  }),
  'repositories.create': method({
    title: 'Create a repository',
    params: z.strictObject({
      name,
      location: repositoryLocationSchema,
      credentials,
      password: passwordSchema,
      remember: z.boolean(),
    }),
    result: repositorySchema,
  }),
  'repositories.adopt': method({
    title: 'Use a repository that exists',
    params: z.strictObject({
      name,
      location: repositoryLocationSchema,
      credentials,
      password: passwordSchema,
      remember: z.boolean(),
    }),
    result: repositorySchema,
  }),
  'repositories.unlock': method({
    title: 'Give the password of a repository',
    params: z.strictObject({ id, password: passwordSchema, credentials, remember: z.boolean() }),
    result: z.object({}),
  }),
  'repositories.remove': method({
    title: 'Forget a repository; nothing in it is touched',
    params: z.strictObject({ id }),
    result: z.object({}),
  }),
  'repositories.keys': method({
    title: 'Keys of a repository',
    params: z.strictObject({ id }),
    result: z.array(repositoryKeySchema),
  }),
  'repositories.removeKey': method({
    title: 'Revoke a key',
    params: z.strictObject({ id, keyId: z.string().regex(/^[0-9a-f]{64}$/) }),
    result: z.object({}),
  }),
  'repositories.changePassword': method({
    title: 'Change the password',
    params: z.strictObject({ id, password: passwordSchema, newPassword: passwordSchema }),
    result: z.object({}),
  }),
  'repositories.freeable': method({
    title: 'What would free how much',
    params: z.strictObject({ id }),
    result: freeableSchema,
  }),
  'repositories.reclaim': method({
    title: 'Delete chosen snapshots and give their space back',
    params: z.strictObject({ id, snapshotIds: z.array(snapshotIdSchema).max(10_000) }),
    result: z.object({ runId: runIdSchema }),
  }),
  'repositories.eject': method({
    title: 'Make a disk safe to unplug',
    params: z.strictObject({ id }),
    /** True only when its filesystem is unmounted. */
    result: z.object({ safeToUnplug: z.boolean(), text: z.string() }),
  }),
  'repositories.check': method({
    title: 'Check a repository',
    params: z.strictObject({ id, readData: z.boolean() }),
    result: z.object({ runId: runIdSchema }),
  }),
} as const;
