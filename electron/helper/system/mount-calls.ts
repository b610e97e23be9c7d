import { closeSync, constants, readSync } from 'node:fs';
import { ErrnoError, hasCode } from './errno.ts';
import { bind, bindAsync, check, cString, type PathBytes } from './libc.ts';
import { openAt } from './open-at.ts';

/** New calls have one number on every architecture. Source: asm/unistd.h. */
const SYS_fsopen = 430;
const SYS_fsconfig = 431;
const SYS_fsmount = 432;
/** linux/mount.h */
const FSOPEN_CLOEXEC = 1;
const FSCONFIG_SET_FLAG = 0;
const FSCONFIG_SET_STRING = 1;
const FSCONFIG_CMD_CREATE = 6;
const FSMOUNT_CLOEXEC = 1;
const MOUNT_ATTR_RDONLY = 0x1;
const MOUNT_ATTR_NOSUID = 0x2;
const MOUNT_ATTR_NODEV = 0x4;
const MOUNT_ATTR_NOEXEC = 0x8;
const MOUNT_ATTR_NOATIME = 0x10;

type Bytes = Uint8Array | null;
const fsopen = bind<(n: number, type: Bytes, flags: number) => number>('long syscall(long, void *, uint)');
const fsconfig = bind<(n: number, fd: number, command: number, key: Bytes, value: Bytes, aux: number) => number>(
  'long syscall(long, int, uint, void *, void *, int)',
);
const fsconfigElsewhere = bindAsync<[number, number, number, Bytes, Bytes, number]>(
  'long syscall(long, int, uint, void *, void *, int)',
);
const fsmount = bind<(n: number, fd: number, flags: number, attributes: number) => number>(
  'long syscall(long, int, uint, uint)',
);

export interface DetachedMountOptions {
  readonly type: string;
  /** A device node. */
  readonly source: string;
  /** The filesystem's own options: a text, or true for a mere flag. */
  readonly options?: Readonly<Record<string, string | true>>;
  readonly isReadOnly: boolean;
}

/**
 * Mounts a filesystem nowhere: it is in no mount table, is reached by the descriptor alone, and is gone when that and
 * everything opened through it is closed, however this process ends. No setuid, devices, programs or access times. Returns
 * the open root folder. Throws ErrnoError with the kernel's own words where it has any. Needs CAP_SYS_ADMIN, Linux 5.2.
 */
export async function openDetachedMount({
  type,
  source,
  options = {},
  isReadOnly,
}: DetachedMountOptions): Promise<number> {
  const context = check(fsopen(SYS_fsopen, cString(type), FSOPEN_CLOEXEC), 'fsopen', type);
  try {
    const set = (key: string, value: string | true): void => {
      const isFlag = value === true;
      const command = isFlag ? FSCONFIG_SET_FLAG : FSCONFIG_SET_STRING;
      const result = fsconfig(SYS_fsconfig, context, command, cString(key), isFlag ? null : cString(value), 0);
      check(result, 'fsconfig', key);
    };
    set('source', source);
    for (const [key, value] of Object.entries(options)) set(key, value);
    if (isReadOnly) set('ro', true);
    await fsconfigElsewhere(
      { syscall: 'mount', path: source },
      ...([SYS_fsconfig, context, FSCONFIG_CMD_CREATE, null, null, 0] as const),
    );
    const attributes =
      MOUNT_ATTR_NOSUID |
      MOUNT_ATTR_NODEV |
      MOUNT_ATTR_NOEXEC |
      MOUNT_ATTR_NOATIME |
      (isReadOnly ? MOUNT_ATTR_RDONLY : 0);
    const mount = check(fsmount(SYS_fsmount, context, FSMOUNT_CLOEXEC, attributes), 'fsmount', source);
    try {
      // What fsmount gives stands for a path only; files are opened from a folder.
      return openAt(mount, '.', constants.O_RDONLY | constants.O_DIRECTORY);
    } finally {
      closeSync(mount);
    }
  } catch (error) {
    throw withKernelWords(error, context, source);
  } finally {
    closeSync(context);
  }
}

/** The kernel's own messages about a mount: one a read, `e text` for errors. ENODATA where there are no more. */
function withKernelWords(error: unknown, context: number, source: PathBytes): unknown {
  const words: string[] = [];
  const buffer = Buffer.alloc(1024);
  try {
    for (;;) words.push(buffer.subarray(2, readSync(context, buffer)).toString().trim());
  } catch (end) {
    if (!hasCode(end, 'ENODATA')) return error;
  }
  if (words.length === 0 || !(error instanceof ErrnoError)) return error;
  return new ErrnoError(-error.errno, `${error.syscall} (${words.join('; ')})`, String(source));
}
