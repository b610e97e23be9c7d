import { z } from 'zod';
import { repositorySchema } from '../../../shared/domain/repository.ts';
import { sourceSchema } from '../../../shared/domain/source.ts';
import { type JsonFile, jsonFile } from './json-file.ts';

const schema = z.object({
  version: z.literal(1),
  notes: z
    .object({
      /** Whose registry it was: the user's own, or the root-owned one. */
      kind: z.enum(['user', 'root']),
      sources: z.array(sourceSchema),
      repositories: z.array(repositorySchema),
      /** Ids that were taken out of that registry, and may still be in the other. */
      removed: z.array(z.string()),
    })
    .nullable(),
});
export type RegistryNotesFile = z.infer<typeof schema>;

/** What was last registered, so that the helper with other rights can be told. */
export function registryNotesFile(path: string, now: () => number): JsonFile<RegistryNotesFile> {
  return jsonFile<RegistryNotesFile>(path, schema, { version: 1, notes: null }, now);
}
