import { setImmediate as nextTurn } from 'node:timers/promises';
import { bind, check } from './libc.ts';

/** linux/btrfs.h and linux/btrfs_tree.h */
const TREE_SEARCH_V2 = 0xc0709411;
const argumentBytes = 112;
const headerBytes = 32;
const INODE_ITEM = 1;
const highest = 0xffffffffffffffffn;
const bufferBytes = 256 * 1024;
/** How long other work of this process may wait for one piece of the search. */
const turnMs = 8;

const ioctl = bind<(fd: number, request: number, argument: Uint8Array) => number>('int ioctl(int, ulong, void *)');

/**
 * Numbers of the inodes of the subvolume that `fd` lies in which were changed in this generation or a later one: content,
 * names, attributes, and times of access too. Of what was not committed yet some may be missing: flush first. Nothing below
 * the oldest changed block is read, so it costs as much as there is to tell. Other work goes on meanwhile.
 *
 * Needs CAP_SYS_ADMIN. ENOTTY where it is no btrfs. Source: struct btrfs_ioctl_search_args_v2, struct btrfs_inode_item.
 */
export async function* inodesChangedSince(fd: number, generation: bigint): AsyncGenerator<bigint, undefined> {
  const argument = Buffer.alloc(argumentBytes + bufferBytes);
  let from = { inode: 0n, type: 0, offset: 0n };
  let turnEndsAt = performance.now() + turnMs;
  for (;;) {
    const found = search(fd, argument, from, generation);
    if (found === 0) return;
    let at = argumentBytes;
    for (let count = 0; count < found; count += 1) {
      const inode = argument.readBigUInt64LE(at + 8);
      const offset = argument.readBigUInt64LE(at + 16);
      const type = argument.readUInt32LE(at + 24);
      // A block is told of as a whole; which of its inodes it was about is in these.
      if (type === INODE_ITEM && argument.readBigUInt64LE(at + headerBytes + 8) >= generation) yield inode;
      from = { inode, type, offset };
      at += headerBytes + argument.readUInt32LE(at + 28);
    }
    const next = after(from);
    if (next === undefined) return;
    from = next;
    if (performance.now() < turnEndsAt) continue;
    await nextTurn();
    turnEndsAt = performance.now() + turnMs;
  }
}

interface Place {
  readonly inode: bigint;
  readonly type: number;
  readonly offset: bigint;
}

/** How many items are in `argument` now. */
function search(fd: number, argument: Buffer, from: Place, generation: bigint): number {
  argument.fill(0, 0, argumentBytes);
  // Tree 0 is that of the subvolume the descriptor lies in.
  argument.writeBigUInt64LE(from.inode, 8);
  argument.writeBigUInt64LE(highest, 16);
  argument.writeBigUInt64LE(from.offset, 24);
  argument.writeBigUInt64LE(highest, 32);
  argument.writeBigUInt64LE(generation, 40);
  argument.writeBigUInt64LE(highest, 48);
  argument.writeUInt32LE(from.type, 56);
  argument.writeUInt32LE(0xff, 60);
  argument.writeUInt32LE(0xffffffff, 64);
  argument.writeBigUInt64LE(BigInt(bufferBytes), 104);
  check(ioctl(fd, TREE_SEARCH_V2, argument), 'BTRFS_IOC_TREE_SEARCH_V2');
  return argument.readUInt32LE(64);
}

function after({ inode, type, offset }: Place): Place | undefined {
  if (offset < highest) return { inode, type, offset: offset + 1n };
  if (type < 0xff) return { inode, type: type + 1, offset: 0n };
  return inode < highest ? { inode: inode + 1n, type: 0, offset: 0n } : undefined;
}
