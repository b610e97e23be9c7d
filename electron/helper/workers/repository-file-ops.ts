import { type FileOps, nodeFileOps } from '../repository/backend/local/file-ops.ts';
import { asIdentity, type Identity } from '../system/identity.ts';
import { spaceOf } from '../system/space.ts';
import { forgetCached, writeOut } from '../system/sync.ts';

/** File access of a local repository: the helper's own, or with the rights of the caller it works for. */
export function repositoryFileOps(identity: Identity | null): FileOps {
  const forget = forgetCached;
  if (identity === null) return { ...nodeFileOps, forget, writeOut };
  const as =
    <Args extends readonly unknown[], T>(call: (...args: Args) => T) =>
    (...args: Args): T =>
      asIdentity(identity, () => call(...args));
  return {
    open: as(nodeFileOps.open),
    close: nodeFileOps.close,
    read: nodeFileOps.read,
    write: as(nodeFileOps.write),
    fsync: nodeFileOps.fsync,
    forget,
    writeOut,
    fstat: nodeFileOps.fstat,
    stat: as(nodeFileOps.stat),
    lstat: as(nodeFileOps.lstat),
    readdir: as(nodeFileOps.readdir),
    rename: as(nodeFileOps.rename),
    unlink: as(nodeFileOps.unlink),
    mkdir: as(nodeFileOps.mkdir),
    chmod: as(nodeFileOps.chmod),
    space: as((path: string) => {
      const { available, total } = spaceOf(path);
      return { available: Number(available), total: Number(total) };
    }),
  };
}
