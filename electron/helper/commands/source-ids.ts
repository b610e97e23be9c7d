import { createHash } from 'node:crypto';
import { basename } from 'node:path';
import { type RepositoryId, type SourceId, sourceIdSchema } from '../../../shared/domain/ids.ts';
import { describeSpec, type Source, type SourceSpec } from '../../../shared/domain/source.ts';

export interface SourcePlace {
  readonly hostname: string;
  readonly uid: number;
  readonly spec: SourceSpec;
  readonly repositoryId: RepositoryId;
}

/**
 * The same place of the same user on the same machine gets the same id, so that a source that is removed and added again,
 * or backed up without being registered, goes on in the same lane. An id that is in use already (another repository, a
 * source that was pointed elsewhere) is not taken: the repository then makes the difference.
 */
export function sourceIdFor({ hostname, uid, spec, repositoryId }: SourcePlace, taken: readonly Source[]): SourceId {
  const place = describeSpec(spec);
  const words = basename(place)
    .toLowerCase()
    .normalize('NFKD')
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 24);
  const id = `${words === '' ? 'source' : words}-${digest(hostname, uid, spec.kind, place)}`;
  const isTaken = taken.some((source) => source.id === id);
  return sourceIdSchema.parse(isTaken ? `${id}-${digest(repositoryId, place)}` : id);
}

function digest(...parts: readonly (string | number)[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 10);
}
