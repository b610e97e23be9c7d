import { createHash } from 'node:crypto';
import { basename } from 'node:path';
import { type RepositoryId, type SourceId, sourceIdSchema } from '../../../shared/domain/ids.ts';
import { type Source, type SourceSpec, specPaths } from '../../../shared/domain/source.ts';

export interface SourcePlace {
  readonly hostname: string;
  readonly uid: number;
  readonly spec: SourceSpec;
  readonly repositoryId: RepositoryId;
}

/** Of each name as much as the parts of an id can be long together. */
const mostWords = 24;

/**
 * The same place of the same user on the same machine gets the same id, so that a source that is removed and added again,
 * or backed up without being registered, goes on in the same lane. An id that is in use already (another repository, a
 * source that was pointed elsewhere) is not taken: the repository then makes the difference. Several places are the same in
 * whatever order they are named.
 */
export function sourceIdFor({ hostname, uid, spec, repositoryId }: SourcePlace, taken: readonly Source[]): SourceId {
  const places = specPaths(spec).toSorted();
  const words = places
    .map((place) => basename(place))
    .join(' ')
    .toLowerCase()
    .normalize('NFKD')
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, mostWords)
    .replace(/^-+|-+$/g, '');
  const id = `${words === '' ? 'source' : words}-${digest(hostname, uid, spec.kind, ...places)}`;
  const isTaken = taken.some((source) => source.id === id);
  return sourceIdSchema.parse(isTaken ? `${id}-${digest(repositoryId, ...places)}` : id);
}

function digest(...parts: readonly (string | number)[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 10);
}
