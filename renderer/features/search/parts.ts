import { type ComponentType, createContext, useContext } from 'react';
import type { RepositoryId, SnapshotId } from '../../../shared/domain/ids.ts';

/** What searching borrows from browsing; the app hands it in, because a feature never imports another. */
export interface SearchParts {
  readonly FileVersions: ComponentType<{
    readonly path: string;
    readonly repositoryId: RepositoryId;
    readonly current: SnapshotId | null;
  }>;
}

const SearchPartsContext = createContext<SearchParts | null>(null);

export const SearchPartsProvider = SearchPartsContext.Provider;

export function useSearchParts(): SearchParts {
  const parts = useContext(SearchPartsContext);
  if (parts === null) throw new Error('SearchPartsProvider is missing above the search');
  return parts;
}
