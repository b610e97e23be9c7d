import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { hasCode } from '../../system/errno.ts';
import { eventBits, markFlags } from '../../system/fanotify/constants.ts';
import { listenerInfo } from '../../system/fanotify/index.ts';
import { deviceNumber, listMounts } from '../../system/mounts.ts';

/** A program that is asked before others get at files of a filesystem, while they wait. */
export interface AskedProgram {
  readonly pid: number;
  readonly name: string;
  /** Before content is read or written, not only before files are opened. Linux 6.14. */
  readonly isAskedOfContent: boolean;
}

/** linux/fanotify.h: FAN_OPEN_PERM, FAN_ACCESS_PERM and FAN_OPEN_EXEC_PERM. */
const beforeOpening = 0x70000;
const beforeContent = eventBits.preAccess;
/** Of FAN_MARK_IGNORE_SURV: what is ignored stays ignored when a file changes. */
const survives = markFlags.ignoreSurviving & 0x40;

/**
 * Programs whose marks of fanotify(7) concern the filesystem with this number (`8:1`), as /proc/PID/fdinfo shows them.
 * What this process and its own children listen to is left out. Programs that may not be looked at are not found: an
 * administrator sees all. Looks only; not while anything is frozen.
 */
export function askedPrograms(device: string): readonly AskedProgram[] {
  const found: AskedProgram[] = [];
  const deviceOf = new Map(listMounts().map((mount) => [mount.id, deviceNumber(mount)]));
  const concerns = (marked: string): boolean => {
    const { devices, mountIds } = listenerInfo(marked) ?? { devices: new Set(), mountIds: [] };
    // A mount that is in no list of ours may be one of this filesystem.
    return devices.has(device) || mountIds.some((id) => (deviceOf.get(id) ?? device) === device);
  };
  for (const pid of namesIn('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)) {
    if (pid === process.pid) continue;
    let asks = 0;
    for (const fd of namesIn(`/proc/${pid}/fd`)) {
      if (quietly(() => readlinkSync(`/proc/${pid}/fd/${fd}`)) !== 'anon_inode:[fanotify]') continue;
      asks |= asksOf(quietly(() => readFileSync(`/proc/${pid}/fdinfo/${fd}`, 'latin1')) ?? '', concerns);
    }
    if (asks !== 0 && parentOf(pid) !== process.pid)
      found.push({ pid, name: nameOf(pid), isAskedOfContent: (asks & beforeContent) !== 0 });
  }
  return found;
}

/** What a group asks to be asked of, by those of its marks that concern the filesystem. Marks that ignore it ask nobody. */
export function asksOf(fdinfo: string, concerns: (group: string) => boolean): number {
  const [group = '', ...rest] = fdinfo.split(/^(?=fanotify (?:ino|sdev|mnt_id):)/m);
  let asks = 0;
  for (const mark of rest) {
    const words = /mflags:(\w+) mask:(\w+) ignored_mask:(\w+)/.exec(mark) ?? [];
    const [flags = 0, mask = 0, ignored = 0] = words.slice(1).map((word) => Number.parseInt(word, 16));
    const isIgnored = (flags & survives) === 0 ? 0 : ignored;
    const asked = mask & ~isIgnored & (beforeOpening | beforeContent);
    if (asked !== 0 && concerns(group + mark)) asks |= asked;
  }
  return asks;
}

function parentOf(pid: number): number {
  const stat = quietly(() => readFileSync(`/proc/${pid}/stat`, 'latin1')) ?? '';
  // The name stands in parentheses and may hold anything. Source: proc_pid_stat(5).
  return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1] ?? 0);
}

function nameOf(pid: number): string {
  return (quietly(() => readFileSync(`/proc/${pid}/comm`, 'utf8')) ?? '').trim() || `process ${pid}`;
}

function namesIn(directory: string): string[] {
  return quietly(() => readdirSync(directory)) ?? [];
}

function quietly<T>(look: () => T): T | undefined {
  try {
    return look();
  } catch (error) {
    if (hasCode(error, 'ENOENT', 'ESRCH', 'ENOTDIR', 'EACCES', 'EPERM')) return undefined;
    throw error;
  }
}
