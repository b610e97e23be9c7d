import type { OwnPlaces } from '../../sources/contract.ts';
import type { FilesystemFacts } from '../../sources/filesystem/facts.ts';
import { mountsBelow } from '../../system/mounts.ts';

/**
 * What decides, beside the spec, which entries of a tree belong to a source: mounts below it, our own places, the rules as
 * they are understood. No event tells of a change of these. As text, to be compared.
 */
export function surroundingsOf(facts: Pick<FilesystemFacts, 'root' | 'detail'>, own: OwnPlaces): string {
  // Which filesystem it is does not matter: an empty folder stands in for any.
  const mounts = mountsBelow(facts.root.toString()).map(({ mountPoint }) => mountPoint);
  return JSON.stringify([mounts, [...own.paths].sort(), facts.detail ?? {}]);
}
