import { hasCode } from './errno.ts';
import { bind, check, lastErrno } from './libc.ts';

/** linux/fcntl.h */
const AT_EMPTY_PATH = 0x1000;
/** linux/exportfs.h, linux/limits.h */
const MAX_HANDLE_SZ = 128;
const NAME_MAX = 255;
/** errno.h */
const ENOENT = 2;
const ENOTDIR = 20;
const ESTALE = 116;

const nameToHandleAt = bind<
  (directory: number, name: Uint8Array, handle: Uint8Array, mountId: Uint8Array, flags: number) => number
>('int name_to_handle_at(int, void *, void *, void *, int)');
const openByHandleAt = bind<(mountFd: number, handle: Uint8Array, flags: number) => number>(
  'int open_by_handle_at(int, void *, int)',
);

/** struct file_handle: length of what follows the type, type, bytes. */
const handle = Buffer.alloc(8 + MAX_HANDLE_SZ);
const mountId = Buffer.alloc(4);
const nameBytes = Buffer.alloc(NAME_MAX + 1);
const emptyName = Buffer.alloc(1);

/**
 * What identifies an inode while its filesystem is mounted, generation included: type (4 bytes) and bytes of its file
 * handle, one character per byte. The same that fanotify events carry (./fanotify). About 1.5 us. Does not touch the medium.
 * EOPNOTSUPP where the filesystem has no handles. Source: name_to_handle_at(2).
 */
export function handleOfDescriptor(fd: number): string {
  handle.writeUInt32LE(MAX_HANDLE_SZ, 0);
  check(nameToHandleAt(fd, emptyName, handle, mountId, AT_EMPTY_PATH), 'name_to_handle_at');
  return handleText();
}

/** The same of one entry of an open directory, not followed; undefined when it is not there. `name` is one component. */
export function handleAt(directory: number, name: Uint8Array): string | undefined {
  if (name.length === 0 || name.length > NAME_MAX || name.includes(0)) return undefined;
  nameBytes.set(name);
  nameBytes[name.length] = 0;
  handle.writeUInt32LE(MAX_HANDLE_SZ, 0);
  const result = nameToHandleAt(directory, nameBytes, handle, mountId, 0);
  if (result < 0) {
    const errno = lastErrno();
    if (errno === ENOENT || errno === ENOTDIR || errno === ESTALE) return undefined;
    check(result, 'name_to_handle_at', Buffer.from(name));
  }
  return handleText();
}

/**
 * Opens an inode by what identifies it, whatever it is called now; undefined when it is gone. `mountFd` is any descriptor
 * of its filesystem. Needs CAP_DAC_READ_SEARCH. Close-on-exec is for `flags` to say. Source: open_by_handle_at(2).
 */
export function openByHandle(mountFd: number, text: string, flags: number): number | undefined {
  const wanted = Buffer.alloc(4 + text.length);
  wanted.writeUInt32LE(text.length - 4, 0);
  wanted.write(text, 4, 'latin1');
  try {
    return check(openByHandleAt(mountFd, wanted, flags), 'open_by_handle_at');
  } catch (error) {
    if (hasCode(error, 'ESTALE', 'ENOENT')) return undefined;
    throw error;
  }
}

function handleText(): string {
  return handle.toString('latin1', 4, 8 + handle.readUInt32LE(0));
}
