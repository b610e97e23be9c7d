import { closeSync } from 'node:fs';
import { bind, check, cString } from './libc.ts';
import { systemCallNumber } from './syscalls.ts';

/** linux/mount.h */
const FSOPEN_CLOEXEC = 0x1;
const FSMOUNT_CLOEXEC = 0x1;
const FSCONFIG_SET_STRING = 1;
const FSCONFIG_CMD_CREATE = 6;
const MOUNT_ATTR_RDONLY = 0x1;
const MOUNT_ATTR_NOSUID = 0x2;
const MOUNT_ATTR_NODEV = 0x4;
const MOUNT_ATTR_NOEXEC = 0x8;
/** The subvolume that holds all others. Source: btrfs(5). */
const topSubvolume = '5';

type Bytes = Uint8Array | null;
const sysFsopen = bind<(n: number, type: Bytes, flags: number) => number>('long syscall(long, void *, uint)');
const sysFsconfig = bind<(n: number, fd: number, command: number, key: Bytes, value: Bytes, aux: number) => number>(
  'long syscall(long, int, uint, void *, void *, int)',
);
const sysFsmount = bind<(n: number, fd: number, flags: number, attributes: number) => number>(
  'long syscall(long, int, uint, uint)',
);

/**
 * The top of a mounted btrfs filesystem, as an O_PATH descriptor that belongs to the caller: a mount that nobody else sees
 * and that ends with the descriptor. `source` is what the filesystem was mounted from. Needs CAP_SYS_ADMIN and Linux 5.2.
 * Source: fsopen(2), fsconfig(2), fsmount(2).
 */
export function openBtrfsTop(source: string): number {
  const context = check(sysFsopen(systemCallNumber('fsopen'), cString('btrfs'), FSOPEN_CLOEXEC), 'fsopen');
  try {
    const configure = (command: number, key: Bytes, value: Bytes): void => {
      check(sysFsconfig(systemCallNumber('fsconfig'), context, command, key, value, 0), 'fsconfig', source);
    };
    configure(FSCONFIG_SET_STRING, cString('source'), cString(source));
    configure(FSCONFIG_SET_STRING, cString('subvolid'), cString(topSubvolume));
    configure(FSCONFIG_CMD_CREATE, null, null);
    const attributes = MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC;
    return check(sysFsmount(systemCallNumber('fsmount'), context, FSMOUNT_CLOEXEC, attributes), 'fsmount', source);
  } finally {
    closeSync(context);
  }
}
