import { describe, expect, it } from 'vitest';
import { eventBits as bits } from './constants.ts';
import { decodeEvents, UnknownEventLayout } from './decode.ts';
import { forEachInodeEvent } from './inode-events.ts';
import { encodeInodeEvent, handlesInRecording as handles, recorded } from './testing/recordings.ts';

function inodeEvents(bytes: Buffer, length = bytes.length): (readonly [number, string | null])[] {
  const events: (readonly [number, string | null])[] = [];
  const count = forEachInodeEvent(bytes, length, (mask, handle) => events.push([mask, handle]));
  expect(count).toBe(events.length);
  return events;
}

describe('events with names', () => {
  it('tell old and new place of what was renamed, and what it is', () => {
    const [rename, chmod, write] = decodeEvents(recorded.withNames, recorded.withNames.length);
    expect(rename).toMatchObject({ mask: bits.rename, fd: -1, pid: 0x3a08, range: null });
    expect(rename?.records).toEqual([
      { kind: 10, handle: handles.a, name: Buffer.from('f') },
      { kind: 12, handle: handles.b, name: Buffer.from('g') },
      { kind: 1, handle: handles.file },
    ]);
    expect(chmod?.mask).toBe(bits.attrib | bits.onDirectory);
    expect(chmod?.records).toEqual([{ kind: 2, handle: handles.a, name: Buffer.from('.') }]);
    expect(write?.records.at(-1)).toEqual({ kind: 1, handle: handles.file });
  });

  it('tell the range about to be accessed', () => {
    const event = Buffer.alloc(24 + 24);
    event.writeUInt32LE(48, 0);
    event[4] = 3;
    event.writeUInt16LE(24, 6);
    event.writeUInt32LE(bits.preAccess, 8);
    event.writeInt32LE(31, 16);
    event.writeInt32LE(4711, 20);
    event[24] = 6;
    event.writeUInt16LE(24, 26);
    event.writeBigUInt64LE(8192n, 32);
    event.writeBigUInt64LE(4096n, 40);
    expect(decodeEvents(event, event.length)).toEqual([
      { mask: bits.preAccess, fd: 31, pid: 4711, records: [], range: { offset: 8192n, count: 4096n } },
    ]);
  });

  it('say when the kernel could not name the inode', () => {
    const [error] = decodeEvents(recorded.filesystemError, recorded.filesystemError.length);
    expect(error).toMatchObject({ mask: bits.filesystemError, records: [{ kind: 1, handle: null }] });
  });
});

describe('events of inodes', () => {
  it('tell who it was', () => {
    const pids: number[] = [];
    forEachInodeEvent(recorded.byInode, recorded.byInode.length, (_mask, _handle, pid) => pids.push(pid));
    expect(pids).toEqual([0x3a08, 0x3a08, 0x3a08, 0x3a08]);
  });

  it('tell what happened to which, in the kernel’s order', () => {
    expect(inodeEvents(recorded.byInode)).toEqual([
      [bits.movedFrom, handles.a],
      [bits.movedTo, handles.b],
      [bits.moveSelf | bits.modify | bits.closeWrite, handles.file],
      [bits.attrib | bits.onDirectory, handles.a],
    ]);
  });

  it('tell of a full queue and a failing filesystem, which have no inode', () => {
    const both = Buffer.concat([recorded.queueOverflow, recorded.filesystemError]);
    expect(inodeEvents(both)).toEqual([
      [bits.queueOverflow, null],
      [bits.filesystemError, null],
    ]);
  });

  it('find the inode behind another record', () => {
    const error = Buffer.from(recorded.filesystemError);
    const inode = encodeInodeEvent(bits.filesystemError, handles.file);
    const event = Buffer.concat([error.subarray(0, 24), error.subarray(44), inode.subarray(24)]);
    event.writeUInt32LE(event.length, 0);
    expect(inodeEvents(event)).toEqual([[bits.filesystemError, handles.file]]);
  });

  it('are as many as were read, whatever the buffer held before', () => {
    const event = encodeInodeEvent(bits.modify, handles.file);
    const buffer = Buffer.concat([event, recorded.byInode]);
    expect(inodeEvents(buffer, event.length)).toEqual([[bits.modify, handles.file]]);
    expect(inodeEvents(buffer, 0)).toEqual([]);
  });
});

describe('what is not laid out as known', () => {
  const change = (at: number, value: number): Buffer => {
    const bytes = encodeInodeEvent(bits.modify, handles.file);
    bytes[at] = value;
    return bytes;
  };
  it.each([
    ['another version', change(4, 4)],
    ['an event longer than what was read', change(0, 200)],
    ['an event shorter than its head', change(0, 8)],
    ['a handle longer than its record', change(36, 200)],
    ['the rest of an event', encodeInodeEvent(bits.modify, handles.file).subarray(0, 20)],
  ])('%s is refused, and never read past its end', (_, bytes) => {
    expect(() => inodeEvents(bytes)).toThrow(UnknownEventLayout);
    expect(() => decodeEvents(bytes, bytes.length)).toThrow(UnknownEventLayout);
  });

  it('a record without length does not hold us up for ever', () => {
    const bytes = change(24, 5);
    bytes.writeUInt16LE(0, 26);
    expect(() => inodeEvents(bytes)).toThrow(UnknownEventLayout);
    expect(() => decodeEvents(bytes, bytes.length)).toThrow(UnknownEventLayout);
  });
});
