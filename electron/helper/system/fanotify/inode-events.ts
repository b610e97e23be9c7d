import { recordKinds } from './constants.ts';
import { eventLengthAt, type HandleText, handleTextAt, layout, UnknownEventLayout } from './decode.ts';

/**
 * Tells each event of a group that reports inodes only (`openInodeGroup`): what happened, to which inode, and by which
 * process (only what one process did is told as one event). For events about names that is the directory they are in. `handle` is null where the kernel named none (a full queue, a failing
 * filesystem). Returns their number. Allocates nothing but the handles. Throws `UnknownEventLayout`.
 */
export function forEachInodeEvent(
  bytes: Buffer,
  length: number,
  tell: (mask: number, handle: HandleText | null, pid: number) => void,
): number {
  let count = 0;
  for (let at = 0; at < length; count += 1) {
    const eventLength = eventLengthAt(bytes, at, length);
    const end = at + eventLength;
    const record = at + bytes.readUInt16LE(at + layout.headLengthAt);
    const handle = record >= end ? null : inodeOf(bytes, record, end);
    tell(bytes.readUInt32LE(at + layout.maskAt), handle, bytes.readInt32LE(at + layout.pidAt));
    at = end;
  }
  return count;
}

/** A failing filesystem says so in a record of its own, in either order with that of the inode. */
function inodeOf(bytes: Buffer, first: number, end: number): HandleText | null {
  for (let at = first; at + 4 <= end; ) {
    if (bytes[at] === recordKinds.inode) return handleTextAt(bytes, at, end);
    const recordLength = bytes.readUInt16LE(at + 2);
    if (recordLength < 4) throw new UnknownEventLayout(`a record of ${recordLength} bytes`);
    at += recordLength;
  }
  return null;
}
