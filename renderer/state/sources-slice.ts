import type { SourceView } from '../../shared/ipc/sources.ts';
import { call } from '../api/call.ts';
import type { Slice } from './slice.ts';

export interface SourcesSlice {
  /** Null until first asked. */
  readonly sources: readonly SourceView[] | null;
  readonly refreshSources: () => Promise<void>;
}

export const createSourcesSlice: Slice<SourcesSlice> = (set) => ({
  sources: null,
  refreshSources: async () => set({ sources: await call('sources.list', {}) }),
});
