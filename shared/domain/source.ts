import { z } from 'zod';
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
});
export type FilesystemSpec = z.infer<typeof filesystemSpecSchema>;

/** A folder as it is protected when nothing else is said: all presets are on. */
export function filesystemSpec(path: string, overrides: Partial<Omit<FilesystemSpec, 'kind'>> = {}): FilesystemSpec {
  return { kind: 'filesystem', path, excludes: [], excludePresets: [...excludePresets], ignoreLines: [], ...overrides };
}

/** What to protect. One member per kind of source; a new kind is a new member and a folder under helper/sources. */
export const sourceSpecSchema = z.discriminatedUnion('kind', [filesystemSpecSchema]);
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
  }
}
