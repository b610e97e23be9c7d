import { z } from 'zod';
import { repositoryIdSchema, runIdSchema } from '../domain/ids.ts';
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
const name = z.string().trim().min(1, 'a name is needed').max(100);

export const repositoryMethods = {
  'repositories.list': method({
    title: 'Repositories and whether they are there',
    params: z.strictObject({}),
    result: z.array(repositoryStatusSchema.extend({ passwordRemembered: z.boolean(), snapshots: z.number().int() })),
  }),
  'repositories.probe': method({
    title: 'What is at a place',
    params: z.strictObject({ location: repositoryLocationSchema }),
    result: placeProbeSchema,
  }),
  'repositories.create': method({
    title: 'Create a repository',
    params: z.strictObject({
      name,
      location: repositoryLocationSchema,
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
      password: passwordSchema,
      remember: z.boolean(),
    }),
    result: repositorySchema,
  }),
  'repositories.unlock': method({
    title: 'Give the password of a repository',
    params: z.strictObject({ id, password: passwordSchema, remember: z.boolean() }),
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
  'repositories.check': method({
    title: 'Check a repository',
    params: z.strictObject({ id, readData: z.boolean() }),
    result: z.object({ runId: runIdSchema }),
  }),
} as const;
