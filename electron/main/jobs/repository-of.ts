import { type RepositoryId, repositoryIdSchema } from '../../../shared/domain/ids.ts';

/** The repository that the parameters of a command name, wherever they name it. */
export function repositoryOf(params: unknown): RepositoryId | undefined {
  if (typeof params !== 'object' || params === null) return undefined;
  const { repositoryId, id, point } = params as { repositoryId?: unknown; id?: unknown; point?: unknown };
  const found = repositoryId ?? (typeof point === 'object' && point !== null ? repositoryOf(point) : id);
  return repositoryIdSchema.safeParse(found).data;
}
