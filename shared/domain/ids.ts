import { z } from 'zod';

const hex64 = /^[0-9a-f]{64}$/;
const slug = /^[a-z0-9][a-z0-9-]{0,63}$/;

/** 32 random bytes sealed in a repository's config, as restic has it: 64 lower-case hex digits. Survives moves. */
export const repositoryIdSchema = z.string().regex(hex64, 'a repository id is 64 hex digits').brand<'RepositoryId'>();
export type RepositoryId = z.infer<typeof repositoryIdSchema>;

/** Id of a snapshot file. A rewritten snapshot (a changed tag) gets another one; the run id does not change. */
export const snapshotIdSchema = z.string().regex(hex64, 'a snapshot id is 64 hex digits').brand<'SnapshotId'>();
export type SnapshotId = z.infer<typeof snapshotIdSchema>;

/** SHA-256 of a blob's plaintext. */
export const blobIdSchema = z.string().regex(hex64, 'a blob id is 64 hex digits').brand<'BlobId'>();
export type BlobId = z.infer<typeof blobIdSchema>;

/** One source: the same place of the same user on the same machine, whenever it is registered. */
export const sourceIdSchema = z
  .string()
  .regex(slug, 'a source id is lower-case letters, digits and -')
  .brand<'SourceId'>();
export type SourceId = z.infer<typeof sourceIdSchema>;

/** One execution of a job: 32 lower-case hex digits, random. Names a snapshot in catalog, tags and UI. */
export const runIdSchema = z
  .string()
  .regex(/^[0-9a-f]{32}$/, 'a run id is 32 hex digits')
  .brand<'RunId'>();
export type RunId = z.infer<typeof runIdSchema>;

/** Shortest form shown to people; long enough to be unique in any real repository. */
export function shortId(id: string): string {
  return id.slice(0, 8);
}
