import { z } from 'zod';
import { repositoryIdSchema, runIdSchema } from '../domain/ids.ts';
import { lineLimitsSchema } from '../domain/line-limits.ts';
import { placeCredentialsSchema } from '../domain/location.ts';
import {
  checkedSchema,
  checkFindingSchema,
  checkShareSchema,
  placeProbeSchema,
  repositoryKeySchema,
  repositoryLocationSchema,
  repositorySchema,
  repositoryStatusSchema,
} from '../domain/repository.ts';
import { runEventSchema, runResultSchema } from '../domain/run.ts';
import { command } from './command.ts';

/** A password as typed. Travels only inside frames: never in arguments, environment, logs or the catalog. */
export const passwordSchema = z
  .string()
  .min(1, 'a password is needed')
  .max(1024, 'a password has at most 1024 characters');

const id = repositoryIdSchema;
const name = z.string().trim().min(1, 'a name is needed').max(100);
/** What the server wants, where it wants anything. Travels and is kept like a password. */
const credentials = placeCredentialsSchema.optional();
/** All data is checked next: what of that needs no key is begun while the password is hashed. */
const isForDataCheck = z.boolean().optional();
const none = z.strictObject({});
const slowKdf = 60_000;

export const repositoryCommands = {
  'repositories.list': command({
    title: 'List registered repositories and whether they are there',
    right: 'registered',
    cancellable: false,
    timeoutMs: 20_000,
    params: none,
    result: z.array(repositoryStatusSchema),
    event: z.never(),
  }),
  'repositories.probe': command({
    title: 'Look what is at a place, without a password',
    right: 'own',
    cancellable: false,
    timeoutMs: 20_000,
    params: z.strictObject({ location: repositoryLocationSchema, credentials }),
    result: placeProbeSchema,
    event: z.never(),
  }),
  'repositories.create': command({
    title: 'Create a repository and register it',
    right: 'register',
    cancellable: false,
    timeoutMs: 120_000,
    params: z.strictObject({ name, location: repositoryLocationSchema, credentials, password: passwordSchema }),
    result: repositorySchema,
    event: z.never(),
  }),
  'repositories.adopt': command({
    title: 'Register a repository that exists, restic’s own included',
    right: 'register',
    cancellable: false,
    timeoutMs: 120_000,
    params: z.strictObject({
      ...{ name, location: repositoryLocationSchema, credentials, password: passwordSchema, isForDataCheck },
    }),
    result: repositorySchema,
    event: z.never(),
  }),
  'repositories.unlock': command({
    title: 'Open a registered repository with its password',
    right: 'registered',
    cancellable: false,
    timeoutMs: slowKdf,
    params: z.strictObject({ id, password: passwordSchema, credentials, isForDataCheck }),
    result: none,
    event: z.never(),
  }),
  'repositories.forgetPassword': command({
    title: 'Close a repository and drop its keys from memory',
    right: 'registered',
    cancellable: false,
    timeoutMs: 5_000,
    params: z.strictObject({ id }),
    result: none,
    event: z.never(),
  }),
  'repositories.remove': command({
    title: 'Unregister a repository; nothing in it is touched',
    right: 'registered',
    cancellable: false,
    timeoutMs: 5_000,
    params: z.strictObject({ id }),
    result: none,
    event: z.never(),
  }),
  'repositories.setLimits': command({
    title: 'Limit how fast content moves to and from a repository',
    right: 'registered',
    cancellable: false,
    timeoutMs: 5_000,
    params: z.strictObject({ id, limits: lineLimitsSchema }),
    result: repositorySchema,
    event: z.never(),
  }),
  'repositories.keys': command({
    title: 'List the keys of a repository',
    right: 'registered',
    cancellable: false,
    timeoutMs: 20_000,
    params: z.strictObject({ id }),
    result: z.array(repositoryKeySchema),
    event: z.never(),
  }),
  'repositories.addKey': command({
    title: 'Add a key (another password) to a repository',
    right: 'registered',
    cancellable: false,
    timeoutMs: slowKdf,
    params: z.strictObject({ id, password: passwordSchema, label: z.string().max(100) }),
    result: z.strictObject({ keyId: z.string() }),
    event: z.never(),
  }),
  'repositories.removeKey': command({
    title: 'Remove a key from a repository',
    right: 'registered',
    cancellable: false,
    timeoutMs: 20_000,
    params: z.strictObject({ id, keyId: z.string().regex(/^[0-9a-f]{64}$/) }),
    result: none,
    event: z.never(),
  }),
  'repositories.changePassword': command({
    title: 'Change the password of a repository',
    right: 'registered',
    cancellable: false,
    timeoutMs: slowKdf,
    params: z.strictObject({ id, password: passwordSchema, newPassword: passwordSchema }),
    result: none,
    event: z.never(),
  }),
  'repositories.check': command({
    title: 'Check a repository for damage',
    right: 'registered',
    cancellable: true,
    timeoutMs: 0,
    params: z.strictObject({ id, runId: runIdSchema, readData: z.boolean(), share: checkShareSchema.optional() }),
    /** `checked` is null where the check did not come to its end. */
    result: z.strictObject({
      run: runResultSchema,
      findings: z.array(checkFindingSchema).max(1000),
      checked: checkedSchema.nullable().default(null),
    }),
    event: runEventSchema,
  }),
} as const;
