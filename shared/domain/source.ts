import { z } from 'zod';
import { excludeLimitsSchema } from './excludes/limits.ts';
import { excludePresetSchema, excludePresets, ignoreLineSchema } from './excludes/presets.ts';
import { sourceIdSchema } from './ids.ts';
import { localPathSchema } from './path-text.ts';
import { policySchema } from './policy.ts';

/** All own rules together, in characters: a snapshot keeps them. */
export const maxIgnoreCharacters = 64 * 1024;

/** A folder or a mount point. What lies on other filesystems below it is left out, and named. */
export const filesystemSpecSchema = z.object({
  kind: z.literal('filesystem'),
  path: localPathSchema,
  /** Absolute paths below `path` that are not part of the source. */
  excludes: z.array(localPathSchema).max(1000),
  excludePresets: z
    .array(excludePresetSchema)
    .max(excludePresets.length)
    .default([...excludePresets]),
  /** Own rules in gitignore's syntax, relative to `path`. */
  ignoreLines: z
    .array(ignoreLineSchema)
    .max(1000)
    .refine(
      (lines) => lines.reduce((sum, line) => sum + line.length, 0) <= maxIgnoreCharacters,
      `all rules together have at most ${maxIgnoreCharacters} characters`,
    )
    .default([]),
  limits: excludeLimitsSchema.optional(),
});
export type FilesystemSpec = z.infer<typeof filesystemSpecSchema>;

/** A folder as it is protected when nothing else is said: all presets are on. */
export function filesystemSpec(path: string, overrides: Partial<Omit<FilesystemSpec, 'kind'>> = {}): FilesystemSpec {
  return { kind: 'filesystem', path, excludes: [], excludePresets: [...excludePresets], ignoreLines: [], ...overrides };
}

/** Filesystems held at one barrier: each freeze waits while those before it are held. */
export const maxGroupMembers = 8;

/**
 * Several folders or mount points that are one source, held at one barrier: what a program writes to them in order is in
 * the copy in that order. Each keeps its own excludes. Their order says nothing; the helper decides who is frozen first.
 */
export const groupSpecSchema = z.object({
  kind: z.literal('group'),
  members: z
    .array(filesystemSpecSchema)
    .min(2, 'a group has at least two places')
    .max(maxGroupMembers, `a group has at most ${maxGroupMembers} places`)
    .refine((members) => new Set(members.map(({ path }) => path)).size === members.length, {
      message: 'each place is in a group once',
    }),
});
export type GroupSpec = z.infer<typeof groupSpecSchema>;

/** What to protect. One member per kind of source; a new kind is a new member and a folder under helper/sources. */
export const sourceSpecSchema = z.discriminatedUnion('kind', [filesystemSpecSchema, groupSpecSchema]);
export type SourceSpec = z.infer<typeof sourceSpecSchema>;

export const sourceNameSchema = z
  .string()
  .trim()
  .min(1, 'a name is needed')
  .max(100, 'a name has at most 100 characters');

export const sourceSchema = z.object({
  id: sourceIdSchema,
  name: sourceNameSchema,
  spec: sourceSpecSchema,
  policy: policySchema,
  /** Uid on whose behalf it was registered. Root-owned registries show a caller only its own sources. */
  ownerUid: z.number().int().nonnegative(),
});
export type Source = z.infer<typeof sourceSchema>;

/** Where a source is, as one line for people. */
export function describeSpec(spec: SourceSpec): string {
  switch (spec.kind) {
    case 'filesystem':
      return spec.path;
    case 'group':
      return specPaths(spec).join(', ');
  }
}

/** The places a source has in the file system, in the order of their registration. */
export function specPaths(spec: SourceSpec): string[] {
  return placesOf(spec).map(({ path }) => path);
}

/** The folders and mount points a source is made of: one, or those of a group. */
export function placesOf(spec: SourceSpec): readonly FilesystemSpec[] {
  return spec.kind === 'group' ? spec.members : [spec];
}

/** Whether two sources are of the same places, in whatever order they were named; what each leaves out does not count. */
export function isSamePlaces(a: SourceSpec, b: SourceSpec): boolean {
  const [ofA, ofB] = [specPaths(a).toSorted(), specPaths(b).toSorted()];
  return a.kind === b.kind && ofA.length === ofB.length && ofA.every((path, at) => path === ofB[at]);
}
