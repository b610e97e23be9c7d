/**
 * What Linux 6.18 wrote, x86-64, ext4: a file `f` is renamed from folder `a` to `b` as `g`, `a` changes its mode, `g` is
 * appended to. Reported with names and targets, and by inode only.
 */
const withNames =
  '74000000030018000000001000000000ffffffff083a00000a0020007fc6d260fa75f96908000000010000000c000000b5206725660000000c00' +
  '20007fc6d260fa75f969080000000100000001080000a6cc204a6700000001001c007fc6d260fa75f96908000000010000000d0000004e09ed45' +
  '38000000030018000400004000000000ffffffff083a0000020020007fc6d260fa75f96908000000010000000c000000b52067252e0000005400' +
  '0000030018000200000000000000ffffffff083a0000020020007fc6d260fa75f969080000000100000001080000a6cc204a6700000001001c00' +
  '7fc6d260fa75f96908000000010000000d0000004e09ed45';
const byInode =
  '34000000030018004000000000000000ffffffff083a000001001c007fc6d260fa75f96908000000010000000c000000b5206725340000000300' +
  '18008000000000000000ffffffff083a000001001c007fc6d260fa75f969080000000100000001080000a6cc204a34000000030018000a080000' +
  '00000000ffffffff083a000001001c007fc6d260fa75f96908000000010000000d0000004e09ed4534000000030018000400004000000000ffff' +
  'ffff083a000001001c007fc6d260fa75f96908000000010000000c000000b5206725';
/** The filesystem was made to report an error of its own; and the queue was full. */
const filesystemError =
  '38000000030018000080000000000000ffffffff083a0000010014007fc6d260fa75f96900000000ff00000005000c007500000001000000';
const queueOverflow = '18000000030018000040000000000000ffffffff00000000';

export const recorded = {
  withNames: Buffer.from(withNames, 'hex'),
  byInode: Buffer.from(byInode, 'hex'),
  filesystemError: Buffer.from(filesystemError, 'hex'),
  queueOverflow: Buffer.from(queueOverflow, 'hex'),
};

const handle = (hex: string): string => Buffer.from(`01000000${hex}`, 'hex').toString('latin1');

export const handlesInRecording = {
  a: handle('0c000000b5206725'),
  b: handle('01080000a6cc204a'),
  file: handle('0d0000004e09ed45'),
};

/** An event as the kernel writes it, of a group that reports inodes; `handle` null: without any record. */
export function encodeInodeEvent(mask: number, handleText: string | null): Buffer {
  const bytes = handleText === null ? Buffer.alloc(0) : Buffer.from(handleText, 'latin1');
  const recordLength = handleText === null ? 0 : Math.ceil((16 + bytes.length) / 4) * 4;
  const event = Buffer.alloc(24 + recordLength);
  event.writeUInt32LE(event.length, 0);
  event[4] = 3;
  event.writeUInt16LE(24, 6);
  event.writeUInt32LE(mask >>> 0, 8);
  event.writeInt32LE(-1, 16);
  if (handleText === null) return event;
  event[24] = 1;
  event.writeUInt16LE(recordLength, 26);
  event.writeUInt32LE(bytes.length - 4, 36);
  bytes.copy(event, 40);
  return event;
}
