import type { RepositoryId } from '../../shared/domain/ids.ts';
import type { IpcResult } from '../../shared/ipc/contract.ts';
import { call } from '../api/call.ts';
import type { Slice } from './slice.ts';

export type RepositoryView = IpcResult<'repositories.list'>[number];

export interface RepositoriesSlice {
  /** Null until first asked. */
  readonly repositories: readonly RepositoryView[] | null;
  readonly refreshRepositories: () => Promise<void>;
  /** Snapshots gone through of repositories that are being measured. */
  readonly measuring: ReadonlyMap<RepositoryId, { readonly done: number; readonly total: number }>;
  readonly measuringChanged: (id: RepositoryId, done: number, total: number) => void;
}

export const createRepositoriesSlice: Slice<RepositoriesSlice> = (set, get) => ({
  repositories: null,
  measuring: new Map(),
  measuringChanged: (id, done, total) => set({ measuring: new Map(get().measuring).set(id, { done, total }) }),
  refreshRepositories: async () => set({ repositories: await call('repositories.list', {}) }),
});
