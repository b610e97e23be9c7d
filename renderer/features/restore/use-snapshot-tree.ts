import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import { joinSnapshotPath } from '../../../shared/domain/path-text.ts';
import type { RestorePoint } from '../../../shared/domain/restore.ts';
import type { TreeEntry } from '../../../shared/domain/snapshot.ts';
import { asStillpointError, type StillpointError } from '../../../shared/errors/index.ts';
import { ask } from '../../state/ask.ts';

const pageSize = 2_000;

interface Folder {
  readonly entries: readonly TreeEntry[];
  readonly total: number;
}

export interface SnapshotTreeRow {
  readonly path: string;
  readonly depth: number;
  readonly entry: TreeEntry;
  readonly open: boolean | null;
  /** Folders being read show that they are. */
  readonly loading: boolean;
  /** This row stands for the entries of its folder that are not read yet. */
  readonly more: number;
}

export interface SnapshotTree {
  readonly rows: readonly SnapshotTreeRow[];
  readonly error: StillpointError | null;
  readonly ready: boolean;
  readonly setOpen: (path: string, open: boolean) => void;
  readonly readMore: (folder: string) => void;
  readonly childrenOf: (folder: string) => readonly string[] | null;
}

/**
 * A snapshot's folders, read as they are opened. Of one root the children are the first rows; several are rows themselves, by
 * their whole paths.
 */
export function useSnapshotTree(point: RestorePoint, roots: readonly string[]): SnapshotTree {
  const [folders, setFolders] = useState<ReadonlyMap<string, Folder>>(new Map());
  const [open, setOpenSet] = useState<ReadonlySet<string>>(new Set());
  const [error, setError] = useState<StillpointError | null>(null);
  const reading = useRef(new Set<string>());
  const known = useRef(folders);
  known.current = folders;
  const { repositoryId, snapshotId } = point;

  const read = useCallback(
    (path: string) => {
      if (reading.current.has(path)) return;
      reading.current.add(path);
      const offset = known.current.get(path)?.entries.length ?? 0;
      ask('snapshots.tree', { repositoryId, snapshotId, path, offset, limit: pageSize }).then(
        (page) => {
          reading.current.delete(path);
          setFolders((before) => {
            const entries = [...(before.get(path)?.entries ?? []), ...page.entries];
            return new Map(before).set(path, { entries, total: page.total });
          });
        },
        (thrown: unknown) => {
          reading.current.delete(path);
          setError(asStillpointError(thrown));
        },
      );
    },
    [repositoryId, snapshotId],
  );

  const rootsKey = roots.join('\0');
  const first = useMemo(() => rootsKey.split('\0'), [rootsKey]);
  useEffect(() => {
    for (const root of first) if (!known.current.has(root)) read(root);
  }, [first, read]);

  const setOpen = useCallback(
    (path: string, on: boolean) => {
      setOpenSet((before) => {
        const after = new Set(before);
        if (on) after.add(path);
        else after.delete(path);
        return after;
      });
      if (on && !known.current.has(path)) read(path);
    },
    [read],
  );

  const rows = useMemo(() => listRows(folders, open, first), [folders, open, first]);
  const childrenOf = useCallback(
    (path: string) => {
      const folder = folders.get(path);
      if (folder === undefined || folder.entries.length < folder.total) return null;
      return folder.entries.map(({ name }) => joinSnapshotPath(path, name));
    },
    [folders],
  );
  return { rows, error, ready: first.every((root) => folders.has(root)), setOpen, readMore: read, childrenOf };
}

const collator = new Intl.Collator(undefined, { numeric: true, sensitivity: 'base' });

function listRows(
  folders: ReadonlyMap<string, Folder>,
  open: ReadonlySet<string>,
  roots: readonly string[],
): SnapshotTreeRow[] {
  const rows: SnapshotTreeRow[] = [];
  const add = (path: string, depth: number): void => {
    const folder = folders.get(path);
    if (folder === undefined) return;
    const complete = folder.entries.length >= folder.total;
    // What is shown in part keeps the order it was stored in, so that reading more only adds at the end.
    const entries = complete ? [...folder.entries].sort(byKindAndName) : folder.entries;
    for (const entry of entries) {
      const child = joinSnapshotPath(path, entry.name);
      const isOpen = entry.type === 'dir' ? open.has(child) : null;
      rows.push({ path: child, depth, entry, open: isOpen, loading: isOpen === true && !folders.has(child), more: 0 });
      if (isOpen === true) add(child, depth + 1);
    }
    const last = entries.at(-1);
    if (!complete && last !== undefined) {
      rows.push({ path, depth, entry: last, open: null, loading: false, more: folder.total - entries.length });
    }
  };
  const [only = '/', ...others] = roots;
  if (others.length === 0) add(only, 0);
  else
    for (const root of roots) {
      const isOpen = open.has(root);
      rows.push({ path: root, depth: 0, entry: rootEntry(root), open: isOpen, loading: false, more: 0 });
      if (isOpen) add(root, 1);
    }
  return rows;
}

/** A root among others: a folder that is named by its whole path. */
function rootEntry(path: string): TreeEntry {
  return { name: path, type: 'dir', size: 0, modifiedAt: '1970-01-01T00:00:00Z', mode: 0o755, uid: 0, gid: 0 };
}

function byKindAndName(a: TreeEntry, b: TreeEntry): number {
  return Number(b.type === 'dir') - Number(a.type === 'dir') || collator.compare(a.name, b.name);
}
