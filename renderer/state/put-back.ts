import { createContext, useContext } from 'react';
import type { RestorePoint } from '../../shared/domain/restore.ts';

/** What *Put back* is about. */
export interface PutBackWish {
  readonly point: RestorePoint;
  /** Paths inside the snapshot; empty means everything. */
  readonly selection: readonly string[];
  /** What people call it: the source, the folder or the file. */
  readonly name: string;
}

export type PutBack = (wish: PutBackWish) => void;

/** Filled in by the app with the restore task's way of putting back. */
export const PutBackContext = createContext<PutBack>(() => {});

/**
 * *Put back* in one click, for whoever shows a snapshot or a file of one: original place, nothing deleted, safety
 * snapshot first; it asks only when something is open, would be lost or does not fit, and shows how it ended.
 */
export function usePutBack(): PutBack {
  return useContext(PutBackContext);
}
