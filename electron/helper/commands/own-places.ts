import type { Repository } from '../../../shared/domain/repository.ts';
import type { OwnPlaces } from '../sources/contract.ts';

/** Everything of ours that no source may contain and no freeze may hold: told to every stage that reads or freezes. */
export function ownPlaces(directories: readonly string[], repositories: readonly Repository[]): OwnPlaces {
  const places = repositories.flatMap(({ location }) => (location.kind === 'local' ? [location.path] : []));
  return { paths: [...new Set([...directories, ...places])] };
}
