import { useCallback, useEffect, useRef, useState } from 'react';
import { asStillpointError, type StillpointError } from '../../../shared/errors/index.ts';
import { ask } from '../../state/ask.ts';
import type { SnapshotRef } from '../../state/view.ts';
import { type FolderPages, missingPages, noPages, pageSize, withPage } from './folder-pages.ts';

export interface Folder {
  readonly pages: FolderPages;
  readonly error: StillpointError | null;
  /** Reads the pages that hold these rows, where they are missing. */
  readonly need: (from: number, to: number) => void;
  readonly retry: () => void;
}

/** A folder of a snapshot, read in pages as its rows are needed. What it never showed is never read. */
export function useFolder(snapshot: SnapshotRef, path: string): Folder {
  const { repositoryId, snapshotId } = snapshot;
  const key = `${repositoryId} ${snapshotId} ${path}`;
  const [state, setState] = useState<{ key: string; pages: FolderPages; error: StillpointError | null }>({
    key,
    pages: noPages,
    error: null,
  });
  const reading = useRef(new Set<string>());
  const current = state.key === key ? state : { key, pages: noPages, error: null };
  const latest = useRef(current);
  latest.current = current;

  const need = useCallback(
    (from: number, to: number) => {
      for (const page of missingPages(latest.current.pages, from, to)) {
        const name = `${key} ${page}`;
        if (reading.current.has(name)) continue;
        reading.current.add(name);
        ask('snapshots.tree', { repositoryId, snapshotId, path, offset: page * pageSize, limit: pageSize })
          .then(
            ({ entries, total }) => {
              // An answer for a folder that was left meanwhile is dropped.
              if (latest.current.key !== key) return;
              setState((before) => ({
                key,
                pages: withPage(before.key === key ? before.pages : noPages, page, entries, total),
                error: null,
              }));
            },
            (thrown: unknown) => {
              if (latest.current.key !== key) return;
              setState((before) => ({
                key,
                pages: before.key === key ? before.pages : noPages,
                error: asStillpointError(thrown),
              }));
            },
          )
          .finally(() => reading.current.delete(name));
      }
    },
    [key, repositoryId, snapshotId, path],
  );
  useEffect(() => need(0, 0), [need]);
  const retry = useCallback(() => need(0, pageSize - 1), [need]);
  return { pages: current.pages, error: current.error, need, retry };
}
