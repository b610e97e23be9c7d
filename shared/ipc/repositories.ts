import { z } from 'zod';
import { carePlanSchema, careSchema } from '../domain/care.ts';
import { repositoryIdSchema, runIdSchema, snapshotIdSchema } from '../domain/ids.ts';
import { freeableSchema } from '../domain/keep/plan.ts';
import { lineLimitsSchema } from '../domain/line-limits.ts';
import { placeCredentialsSchema } from '../domain/location.ts';
import {
  copyReportSchema,
  damagedPartsSchema,
  indexRepairSchema,
  packRepairSchema,
  repositoryStatisticsSchema,
  snapshotRepairSchema,
} from '../domain/maintenance.ts';
import { pruneFiguresSchema, pruneLimitsSchema } from '../domain/prune.ts';
import {
  checkShareSchema,
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

/**
 * What a run found beyond its result, in full; kept until the app ends. `null` of a report: the run ended before there was
 * one.
 */
export const runReportSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('prune'), dryRun: z.boolean(), figures: pruneFiguresSchema.nullable() }),
  z.object({ kind: z.literal('repair-index'), dryRun: z.boolean(), report: indexRepairSchema.nullable() }),
  z.object({ kind: z.literal('repair-packs'), dryRun: z.boolean(), report: packRepairSchema.nullable() }),
  z.object({ kind: z.literal('repair-snapshots'), dryRun: z.boolean(), report: snapshotRepairSchema.nullable() }),
  z.object({ kind: z.literal('copy'), report: copyReportSchema.nullable() }),
]);
export type RunReport = z.infer<typeof runReportSchema>;

/** What is repaired, in this order: each builds on the one before it. */
export const repairWishSchema = z.discriminatedUnion('what', [
  z.strictObject({ what: z.literal('index'), readAll: z.boolean() }),
  z.strictObject({ what: z.literal('packs') }),
  z.strictObject({ what: z.literal('snapshots'), parts: damagedPartsSchema, forget: z.boolean() }),
]);
export type RepairWish = z.infer<typeof repairWishSchema>;

export const measuredSchema = z.object({
  /** Milliseconds since the epoch. */
  at: z.number(),
  statistics: repositoryStatisticsSchema,
});
export type Measured = z.infer<typeof measuredSchema>;

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
        /** Its server did not accept the credentials that are known, or wants some and none are known. */
        credentialsRefused: z.boolean(),
        /** A password of it is known in this start, so that only credentials have to be asked for. */
        passwordKnown: z.boolean(),
        care: careSchema,
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
    /** Without a password the one that is known is taken: only the server wants something else. */
    params: z.strictObject({ id, password: passwordSchema.optional(), credentials, remember: z.boolean() }),
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
    /** A share is a part of the data, and needs `readData`. */
    params: z
      .strictObject({ id, readData: z.boolean(), share: checkShareSchema.optional() })
      .refine(({ readData, share }) => readData || share === undefined, {
        path: ['share'],
        message: 'a share is of the data, which is to be read then',
      }),
    result: z.object({ runId: runIdSchema }),
  }),
  'repositories.setCarePlan': method({
    title: 'Check a repository now and then, or no longer (null)',
    params: z.strictObject({ id, plan: carePlanSchema.nullable() }),
    result: careSchema,
  }),
  'repositories.prune': method({
    title: 'Give back the space that nothing needs, or look how much that would be',
    params: z.strictObject({ id, dryRun: z.boolean(), limits: pruneLimitsSchema }),
    result: z.object({ runId: runIdSchema }),
  }),
  'repositories.repair': method({
    title: 'Repair what a check found, or look what that would do',
    params: z.strictObject({ id, dryRun: z.boolean(), wish: repairWishSchema }),
    result: z.object({ runId: runIdSchema }),
  }),
  'repositories.copy': method({
    title: 'Copy snapshots from one repository into another',
    /** Without snapshots all are copied. */
    params: z
      .strictObject({ id, fromId: repositoryIdSchema, snapshotIds: z.array(snapshotIdSchema).max(10_000) })
      .refine((params) => params.id !== params.fromId, {
        path: ['id'],
        message: 'a repository cannot be copied into itself: choose another one',
      }),
    result: z.object({ runId: runIdSchema }),
  }),
  'repositories.report': method({
    title: 'What a run found beyond its result',
    params: z.strictObject({ runId: runIdSchema }),
    /** Null while it is under way, and for runs of an earlier start. */
    result: runReportSchema.nullable(),
  }),
  'repositories.statistics': method({
    title: 'What a repository holds: what was measured last, or measured now',
    params: z.strictObject({ id, measure: z.boolean() }),
    /** Null: it was not measured since the start. */
    result: measuredSchema.nullable(),
  }),
  'repositories.setLimits': method({
    title: 'Limit how fast content moves to and from a repository',
    params: z.strictObject({ id, limits: lineLimitsSchema }),
    result: repositorySchema,
  }),
} as const;
