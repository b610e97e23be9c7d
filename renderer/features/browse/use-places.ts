import { useEffect, useRef, useState } from 'react';
import { ask } from '../../state/ask.ts';
import type { SnapshotRef } from '../../state/view.ts';
import { startOf } from './places.ts';

/**
 * The places a snapshot was made of; none while they are not known. Browsing that was opened at the root goes on to where
 * they are, so that nobody walks there through folders that hold one folder. Once: whoever walks up to the root stays there.
 */
export function usePlaces(snapshot: SnapshotRef, path: string, go: (start: string) => void): readonly string[] {
  const begun = useRef(false);
  const latest = useRef({ go, path });
  latest.current = { go, path };
  const { repositoryId, snapshotId } = snapshot;
  const key = `${repositoryId} ${snapshotId}`;
  const [known, setKnown] = useState<{ readonly key: string; readonly places: readonly string[] } | null>(null);
  useEffect(() => {
    let isWanted = true;
    ask('snapshots.details', { repositoryId, snapshotId }).then(
      ({ summary: { paths } }) => {
        if (!isWanted) return;
        const mayGo = !begun.current && latest.current.path === '/';
        begun.current = true;
        setKnown({ key, places: paths });
        const start = startOf(paths);
        if (mayGo && start !== '/') latest.current.go(start);
      },
      // The root is a good place too; what is wrong is said by the folder's own reading.
      () => {},
    );
    return () => {
      isWanted = false;
    };
  }, [key, repositoryId, snapshotId]);
  return known?.key === key ? known.places : [];
}
