import type { RepositoryId } from '../../shared/domain/ids.ts';
import { call } from '../api/call.ts';
import type { Slice } from './slice.ts';

export interface PasswordRequest {
  readonly repositoryId: RepositoryId;
  readonly reason: string;
}

export interface PasswordSlice {
  /** What the unlock dialog is asking for; null when it is closed. */
  readonly passwordRequest: PasswordRequest | null;
  readonly needPassword: (request: PasswordRequest) => void;
  readonly dismissPassword: () => void;
  /** Throws `StillpointError`, `wrong-password` above all. */
  readonly unlock: (repositoryId: RepositoryId, password: string, remember: boolean) => Promise<void>;
}

export const createPasswordSlice: Slice<PasswordSlice> = (set) => ({
  passwordRequest: null,
  needPassword: (request) => set({ passwordRequest: request }),
  dismissPassword: () => set({ passwordRequest: null }),
  unlock: async (id, password, remember) => {
    await call('repositories.unlock', { id, password, remember });
    set({ passwordRequest: null });
  },
});
