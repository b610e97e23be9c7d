import { type BigIntStats, closeSync, lstatSync, openSync, readdirSync, readlinkSync, readSync } from 'node:fs';
import type { ContentSink, ContentVerdict, EntryMeta, StillEntry, StillView } from '../../quiesce/contract.ts';
import { dataExtents } from '../../system/sparse.ts';
import { readXattrs } from '../../system/xattr.ts';
import { foundOf } from '../target/found.ts';
import { splitPath } from '../target/target-tree.ts';

/** A view of a folder that nobody writes to, for tests. */
export function diskView(path: string | Buffer): StillView {
  const full = Buffer.from(path as Buffer);
  const steps = splitPath(full);
  const ancestors = steps.slice(0, -1).map((name, index) => ({
    name,
    meta: metaAt(join(steps.slice(0, index + 1))),
  }));
  return { ancestors, root: entryAt(full, steps.at(-1) ?? Buffer.alloc(0)), unreadable: () => [] };
}

function entryAt(path: Buffer, name: Buffer): StillEntry {
  const meta = metaAt(path);
  const children = async function* (): AsyncIterable<StillEntry> {
    for (const child of readdirSync(path, { encoding: 'buffer' })) yield entryAt(below(path, child), child);
  };
  const readInto = async (sink: ContentSink): Promise<ContentVerdict> => {
    const fd = openSync(path, 'r');
    try {
      let position = 0;
      for (const { offset, length } of dataExtents(fd, Number(meta.size))) {
        if (offset > position) await sink.hole(offset - position);
        const bytes = Buffer.alloc(length);
        readSync(fd, bytes, 0, length, offset);
        await sink.data(bytes);
        position = offset + length;
      }
      if (position < Number(meta.size)) await sink.hole(Number(meta.size) - position);
    } finally {
      closeSync(fd);
    }
    return { state: 'whole', meta };
  };
  return {
    name,
    meta,
    children: meta.type === 'dir' ? children : null,
    content: meta.type === 'file' ? { base: null, readInto } : null,
    reusable: false,
  };
}

function metaAt(path: Buffer): EntryMeta {
  const stat: BigIntStats = lstatSync(path, { bigint: true });
  const { type, uid, gid, size, mtimeNs, ctimeNs, inode, deviceId, links, rdev } = foundOf(stat);
  return {
    ...{ type, uid, gid, size, mtimeNs, ctimeNs, inode, deviceId, links },
    mode: Number(stat.mode),
    rdev: type === 'dev' || type === 'chardev' ? rdev : 0n,
    atimeNs: stat.atimeNs,
    linkTarget: type === 'symlink' ? readlinkSync(path, { encoding: 'buffer' }) : null,
    xattrs: readXattrs(path),
  };
}

function below(path: Buffer, name: Buffer): Buffer {
  return Buffer.concat([path, Buffer.from('/'), name]);
}

function join(steps: readonly Buffer[]): Buffer {
  return Buffer.concat(steps.flatMap((step) => [Buffer.from('/'), step]));
}
