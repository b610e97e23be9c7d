import { initFlags } from './constants.ts';

/** linux/fanotify.h */
const classMask = 0xc;
/** O_WRONLY and O_RDWR. */
const writeModes = 0x3;
/** FAN_OPEN_PERM, FAN_ACCESS_PERM and FAN_OPEN_EXEC_PERM. */
const asking = 0x70000;

/** Another program's group of fanotify, as its descriptor shows it. */
export interface ListenerInfo {
  /** Fills files before they are read. */
  readonly fills: boolean;
  /**
   * Its events carry descriptors that are open for writing; what is written through these raises no event. Groups that
   * report identities instead, as indexers do, carry none, and most others carry some for reading.
   */
  readonly handsOutWriters: boolean;
  /** Asked before a file is opened, read or executed, while whoever does so waits. */
  readonly isAsked: boolean;
  /** Filesystems, and those of inodes, that are marked: `8:1`, as mounts have it. */
  readonly devices: ReadonlySet<string>;
  /** Mounts that are marked. */
  readonly mountIds: readonly number[];
}

/** Undefined where `fdinfo` is of something else. Sources: proc_pid_fdinfo(5), fanotify_init(2), fs/notify/fdinfo.c. */
export function listenerInfo(fdinfo: string): ListenerInfo | undefined {
  const [, flagsText, eventFlagsText] = /^fanotify flags:(\w+) event-flags:(\w+)/m.exec(fdinfo) ?? [];
  if (flagsText === undefined || eventFlagsText === undefined) return undefined;
  const [flags, eventFlags] = [Number.parseInt(flagsText, 16), Number.parseInt(eventFlagsText, 16)];
  const carriesDescriptors = (flags & (initFlags.reportInode | initFlags.reportDirectory)) === 0;
  return {
    fills: (flags & classMask) === initFlags.classPreContent,
    handsOutWriters: carriesDescriptors && (eventFlags & writeModes) !== 0,
    isAsked: [...fdinfo.matchAll(/^fanotify .* mask:(\w+)/gm)].some(
      ([, mask = '']) => (Number.parseInt(mask, 16) & asking) !== 0,
    ),
    devices: new Set([...fdinfo.matchAll(/^fanotify (?:ino:\w+ )?sdev:(\w+)/gm)].map(([, text]) => deviceText(text))),
    mountIds: [...fdinfo.matchAll(/^fanotify mnt_id:(\w+)/gm)].map(([, id]) => Number.parseInt(id ?? '', 16)),
  };
}

/** The kernel's own encoding: 12 bits and 20. */
function deviceText(hex = '0'): string {
  const device = Number.parseInt(hex, 16);
  return `${device >>> 20}:${device & 0xfffff}`;
}
