import { recordKinds } from './constants.ts';

/**
 * What identifies an inode while its filesystem is mounted: type (4 bytes, as the kernel has it) and bytes of its file
 * handle, one character per byte. Events and name_to_handle_at(2) (see ../file-handle.ts) give the same.
 */
export type HandleText = string;

export interface EventRecord {
  readonly kind: number;
  /** Null where the kernel could not name the inode. */
  readonly handle: HandleText | null;
  /** Of the entry in the directory that `handle` names; absent in records without a name. `.` is the directory itself. */
  readonly name?: Buffer;
}

/** Source: fanotify(7), struct fanotify_event_metadata and what follows it. */
export interface FanotifyEvent {
  readonly mask: number;
  /** -1 (`noDescriptor`) in groups that report inodes. Else it belongs to the reader, who must close it. */
  readonly fd: number;
  readonly pid: number;
  readonly records: readonly EventRecord[];
  /** Bytes about to be accessed, page-aligned; pre-content events only. An append says 0 for the offset. */
  readonly range: { readonly offset: bigint; readonly count: bigint } | null;
}

/** Layout of struct fanotify_event_metadata, shared with `inode-events.ts`. */
export const layout = {
  headBytes: 24,
  version: 3,
  versionAt: 4,
  headLengthAt: 6,
  maskAt: 8,
  fdAt: 16,
  pidAt: 20,
  /** Of a record that names an inode: file handle (length, type, bytes) behind kind, length and fsid. */
  handleLengthAt: 12,
  handleTypeAt: 16,
  handleAt: 20,
} as const;

/** What the kernel wrote is not what this code knows how to read. */
export class UnknownEventLayout extends Error {
  constructor(what: string) {
    super(`fanotify: ${what}`);
    this.name = 'UnknownEventLayout';
  }
}

/** All events of one read, in order. Throws `UnknownEventLayout`. For a stream of many events see `inode-events.ts`. */
export function decodeEvents(bytes: Buffer, length: number): FanotifyEvent[] {
  const events: FanotifyEvent[] = [];
  for (let at = 0; at < length; ) {
    const eventLength = eventLengthAt(bytes, at, length);
    events.push(decodeEvent(bytes.subarray(at, at + eventLength)));
    at += eventLength;
  }
  return events;
}

/** Length of the event at `at`, checked to lie within what was read and to be of the version known here. */
export function eventLengthAt(bytes: Buffer, at: number, length: number): number {
  if (length - at < layout.headBytes) throw new UnknownEventLayout(`${length - at} bytes are no event`);
  const eventLength = bytes.readUInt32LE(at);
  if (bytes[at + layout.versionAt] !== layout.version)
    throw new UnknownEventLayout(`version ${bytes[at + layout.versionAt]}`);
  if (eventLength < layout.headBytes || eventLength > length - at)
    throw new UnknownEventLayout(`an event of ${eventLength} bytes in ${length - at}`);
  return eventLength;
}

function decodeEvent(event: Buffer): FanotifyEvent {
  const records: EventRecord[] = [];
  let range: FanotifyEvent['range'] = null;
  for (let at = event.readUInt16LE(layout.headLengthAt); at < event.length; ) {
    const recordLength = at + 4 <= event.length ? event.readUInt16LE(at + 2) : 0;
    if (recordLength < 4 || at + recordLength > event.length)
      throw new UnknownEventLayout(`a record of ${recordLength} bytes`);
    const record = event.subarray(at, at + recordLength);
    const kind = record[0] ?? 0;
    if (kind === recordKinds.range) range = decodeRange(record);
    else if (namesInode.has(kind)) records.push(decodeRecord(kind, record));
    at += recordLength;
  }
  return {
    mask: event.readUInt32LE(layout.maskAt),
    fd: event.readInt32LE(layout.fdAt),
    pid: event.readInt32LE(layout.pidAt),
    records,
    range,
  };
}

const namesInode: ReadonlySet<number> = new Set([
  recordKinds.inode,
  recordKinds.directory,
  recordKinds.directoryAndName,
  recordKinds.oldDirectoryAndName,
  recordKinds.newDirectoryAndName,
]);

/** struct fanotify_event_info_range: kind and length, 4 bytes of padding, offset, count. */
function decodeRange(record: Buffer): FanotifyEvent['range'] {
  if (record.length < 24) throw new UnknownEventLayout(`a range of ${record.length} bytes`);
  return { offset: record.readBigUInt64LE(8), count: record.readBigUInt64LE(16) };
}

function decodeRecord(kind: number, record: Buffer): EventRecord {
  const handle = handleTextAt(record, 0, record.length);
  if (kind === recordKinds.inode || kind === recordKinds.directory) return { kind, handle };
  const start = layout.handleAt + record.readUInt32LE(layout.handleLengthAt);
  const end = record.indexOf(0, start);
  return { kind, handle, name: Buffer.from(record.subarray(start, end < 0 ? record.length : end)) };
}

/** FILEID_INVALID in linux/exportfs.h: the filesystem could not say. */
const invalidHandleType = 0xff;

/** The handle in the record at `at`, or null where the kernel could not name the inode. */
export function handleTextAt(bytes: Buffer, at: number, end: number): HandleText | null {
  if (at + layout.handleAt > end) throw new UnknownEventLayout('a record without a file handle');
  const handleBytes = bytes.readUInt32LE(at + layout.handleLengthAt);
  if (handleBytes === 0 || bytes.readUInt32LE(at + layout.handleTypeAt) === invalidHandleType) return null;
  const handleEnd = at + layout.handleAt + handleBytes;
  if (handleEnd > end) throw new UnknownEventLayout(`a file handle of ${handleBytes} bytes`);
  return bytes.toString('latin1', at + layout.handleTypeAt, handleEnd);
}
