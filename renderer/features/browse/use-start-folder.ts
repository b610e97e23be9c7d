import { useEffect, useRef } from 'react';
import { ask } from '../../state/ask.ts';
import type { SnapshotRef } from '../../state/view.ts';

/**
 * Browsing that was opened at the root goes on to the folder that was backed up, so that nobody walks there through
 * folders that hold one folder. Once: whoever walks up to the root stays there.
 */
export function useStartFolder(snapshot: SnapshotRef, path: string, go: (start: string) => void): void {
  const begun = useRef(false);
  const latest = useRef(go);
  latest.current = go;
  const { repositoryId, snapshotId } = snapshot;
  useEffect(() => {
    if (begun.current) return;
    begun.current = true;
    if (path !== '/') return;
    ask('snapshots.details', { repositoryId, snapshotId }).then(
      ({ summary }) => {
        const [only, ...others] = summary.paths;
        if (only !== undefined && only !== '/' && others.length === 0) latest.current(only);
      },
      // The root is a good place too; what is wrong is said by the folder's own reading.
      () => {},
    );
  }, [path, repositoryId, snapshotId]);
}
