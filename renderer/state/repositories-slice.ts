import type { IpcResult } from '../../shared/ipc/contract.ts';
import { call } from '../api/call.ts';
import type { Slice } from './slice.ts';

export type RepositoryView = IpcResult<'repositories.list'>[number];

export interface RepositoriesSlice {
  /** Null until first asked. */
  readonly repositories: readonly RepositoryView[] | null;
  readonly refreshRepositories: () => Promise<void>;
}

export const createRepositoriesSlice: Slice<RepositoriesSlice> = (set) => ({
  repositories: null,
  refreshRepositories: async () => set({ repositories: await call('repositories.list', {}) }),
});
