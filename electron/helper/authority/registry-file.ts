import { z } from 'zod';
import { repositorySchema } from '../../../shared/domain/repository.ts';
import { sourceSchema } from '../../../shared/domain/source.ts';
import { StillpointError } from '../../../shared/errors/index.ts';

export const registryFileSchema = z.object({
  version: z.literal(1),
  sources: z.array(sourceSchema),
  repositories: z.array(repositorySchema),
});
export type RegistryContent = z.infer<typeof registryFileSchema>;

export const emptyRegistry: RegistryContent = { version: 1, sources: [], repositories: [] };

/** Fails with `settings-damaged` rather than start from nothing: an emptied registry would look like "nothing to protect". */
export function parseRegistry(text: string, path: string): RegistryContent {
  try {
    return registryFileSchema.parse(JSON.parse(text));
  } catch (cause) {
    throw new StillpointError({
      kind: 'settings-damaged',
      message: `The list of sources and repositories in ${path} cannot be read.`,
      guidance: `Repair or move the file away and start again; sources can be adopted again from their repository.`,
      field: path,
      cause,
    });
  }
}
