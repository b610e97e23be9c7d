import type { RepositoryId } from '../../shared/domain/ids.ts';
import type { PlaceCredentials } from '../../shared/domain/location.ts';
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
  /**
   * Throws `StillpointError`, `wrong-password` above all. Without a password the one that is known is taken, where only the
   * server of the repository wants something else.
   */
  readonly unlock: (
    repositoryId: RepositoryId,
    given: { readonly password?: string; readonly credentials?: PlaceCredentials },
    remember: boolean,
  ) => Promise<void>;
}

export const createPasswordSlice: Slice<PasswordSlice> = (set) => ({
  passwordRequest: null,
  needPassword: (request) => set({ passwordRequest: request }),
  dismissPassword: () => set({ passwordRequest: null }),
  unlock: async (id, given, remember) => {
    await call('repositories.unlock', { id, ...given, remember });
    set({ passwordRequest: null });
  },
});
