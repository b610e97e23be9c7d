import { bind, check, cString, type PathBytes } from './libc.ts';

/** sys/mount.h */
const MS_RDONLY = 0x1;
const MS_NOSUID = 0x2;
const MS_NODEV = 0x4;
const MS_NOEXEC = 0x8;
const MS_REMOUNT = 0x20;
const MS_BIND = 0x1000;
const MS_REC = 0x4000;
const MS_PRIVATE = 0x40000;
const MNT_DETACH = 0x2;
const UMOUNT_NOFOLLOW = 0x8;

type Bytes = Uint8Array | null;
const mount = bind<(source: Bytes, target: Bytes, type: Bytes, flags: number, data: Bytes) => number>(
  'int mount(void *, void *, void *, ulong, void *)',
);
const umount2 = bind<(target: Bytes, flags: number) => number>('int umount2(void *, int)');

/**
 * Shows a directory at a second place, without what is mounted below it, so that a walk sees the filesystem itself.
 * Read-only for who comes this way, no setuid, no devices, not propagated. Needs CAP_SYS_ADMIN.
 */
export function bindMountReadOnly(source: PathBytes, target: PathBytes): void {
  const at = cString(target);
  check(mount(cString(source), at, null, MS_BIND, null), 'mount', target);
  try {
    check(mount(null, at, null, MS_PRIVATE, null), 'mount', target);
    const flags = MS_REMOUNT | MS_BIND | MS_RDONLY | MS_NOSUID | MS_NODEV | MS_NOEXEC;
    check(mount(null, at, null, flags, null), 'mount', target);
  } catch (error) {
    umount2(at, MNT_DETACH | UMOUNT_NOFOLLOW);
    throw error;
  }
}

/** Shows a directory with everything mounted below it at a second place. */
export function bindMountRecursive(source: PathBytes, target: PathBytes): void {
  check(mount(cString(source), cString(target), null, MS_BIND | MS_REC, null), 'mount', target);
}

/** `detach` takes the mount out of sight at once and lets go when nobody uses it any more; else EBUSY while in use. */
export function unmount(target: PathBytes, options: { readonly detach?: boolean } = {}): void {
  const flags = options.detach === true ? MNT_DETACH | UMOUNT_NOFOLLOW : UMOUNT_NOFOLLOW;
  check(umount2(cString(target), flags), 'umount2', target);
}
