import { z } from 'zod';
import { repositoryIdSchema } from './ids.ts';
import { lineLimitsSchema } from './line-limits.ts';
import { repositoryLocationSchema } from './location.ts';
import { instantSchema } from './time.ts';

export { type RepositoryLocation, repositoryLocationSchema } from './location.ts';

/** A registered repository: known by its id, never by its path alone. */
export const repositorySchema = z.object({
  id: repositoryIdSchema,
  name: z.string().trim().min(1).max(100),
  location: repositoryLocationSchema,
  ownerUid: z.number().int().nonnegative(),
  /**
   * Names of key files seen when it was last open. A repository's id is sealed, its key files are not: a place that holds
   * none of these holds another repository, and nothing is written there.
   */
  keyIds: z.array(z.string().regex(/^[0-9a-f]{64}$/)).max(1000),
  /** How fast content may move to and from it; left out: as fast as it goes. */
  limits: lineLimitsSchema.optional(),
});
export type Repository = z.infer<typeof repositorySchema>;

/**
 * `ready`: there and unlocked. `password-needed`: there, its password is not known to this process.
 * `waiting`: its place does not hold it now (an unplugged disk); nothing is created there.
 * `other`: its place holds a different repository.
 */
export const repositoryStateSchema = z.enum(['ready', 'password-needed', 'waiting', 'other', 'read-only']);
export type RepositoryState = z.infer<typeof repositoryStateSchema>;

export const repositoryStatusSchema = repositorySchema.extend({
  state: repositoryStateSchema,
  freeBytes: z.number().nonnegative().nullable(),
  totalBytes: z.number().nonnegative().nullable(),
  /** Sources that live on the same disk: protected against mistakes, not against disk failure. */
  sameDiskSources: z.array(z.string()),
  /** Where its filesystem is mounted; empty while it is not there. */
  mountPoint: z.string(),
  /** On a disk that can be unplugged. */
  removable: z.boolean(),
  /** Reached over a network. */
  network: z.boolean(),
});
export type RepositoryStatus = z.infer<typeof repositoryStatusSchema>;

export const placeStateSchema = z.enum(['new', 'empty', 'repository', 'occupied', 'not-writable', 'unreachable']);

/** What is at a place somebody picked, found without a password. */
export const placeProbeSchema = z.object({
  state: placeStateSchema,
  repositoryId: repositoryIdSchema.nullable(),
  freeBytes: z.number().nonnegative().nullable(),
  /** Filesystem and mount point, for people: `ext4 at /media/backup`. */
  filesystem: z.string(),
  removable: z.boolean(),
  explanation: z.string(),
});
export type PlaceProbe = z.infer<typeof placeProbeSchema>;

export const repositoryKeySchema = z.object({
  id: z.string(),
  username: z.string(),
  hostname: z.string(),
  createdAt: instantSchema,
  current: z.boolean(),
});
export type RepositoryKey = z.infer<typeof repositoryKeySchema>;

const mostParts = 10_000;

/**
 * A part of all data, which a check is to read: one of so many, counted from 1, or the one after the part that the last such
 * check of this repository read.
 */
export const checkShareSchema = z
  .strictObject({
    part: z.union([z.number().int().min(1), z.literal('next')]),
    of: z.number().int().min(1).max(mostParts),
  })
  .refine(({ part, of }) => part === 'next' || part <= of, { path: ['part'], message: 'there are fewer parts' });
export type CheckShare = z.infer<typeof checkShareSchema>;

export const checkFindingSchema = z.object({
  severity: z.enum(['error', 'warning', 'info']),
  code: z.string(),
  text: z.string(),
  /** Paths of snapshots that the damage touches, where known. */
  affects: z.array(z.string()),
});
export type CheckFinding = z.infer<typeof checkFindingSchema>;

/** What a check looked at. Bytes are those of packs, read in full; `allBytes` what there was to read. */
export const checkedSchema = z.object({
  /** `structure`: no data was read. `share`: part `part` of `of`. */
  what: z.enum(['structure', 'share', 'all']),
  part: z.number().int().positive().nullable(),
  of: z.number().int().positive().nullable(),
  snapshots: z.number().int().nonnegative(),
  bytes: z.number().int().nonnegative(),
  allBytes: z.number().int().nonnegative().nullable(),
});
export type Checked = z.infer<typeof checkedSchema>;
