import { readdirSync, readlinkSync } from 'node:fs';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { hasCode } from './errno.ts';
import { type ListenerInfo, listenerInfo } from './fanotify/listener-info.ts';
import { MountTable } from './mount-table.ts';
import { deviceNumber } from './mounts.ts';
import { descriptorTables, processIds, readOrNothing } from './process-files.ts';

/** How long other work of this process may wait for one piece of the look. */
const turnMs = 4;

/**
 * Of these filesystems (`8:1`) those of which the kernel hands files that are open for writing to some program: what is
 * written through such a descriptor raises no event. In doubt one is listed.
 *
 * Looks at what every descriptor of the machine is of, in short pieces, and waits for no process; ends early, with what it
 * has, once `isOver` says so. Programs that may not be looked at are passed over. Source: proc_pid_fdinfo(5).
 */
export async function filesystemsHandedOut(
  devices: ReadonlySet<string>,
  isOver: () => boolean,
): Promise<ReadonlySet<string>> {
  const table = new MountTable();
  table.addThoseOf('self');
  const found = new Set<string>();
  let turnEndsAt = performance.now() + turnMs;
  for (const pid of processIds()) {
    for (const listener of listenersOf(pid)) {
      if (!listener.handsOutWriters) continue;
      addMounts(table, pid);
      for (const device of devices) if (concerns(listener, device, table)) found.add(device);
    }
    if (performance.now() < turnEndsAt) continue;
    await nextTurn();
    if (isOver()) break;
    turnEndsAt = performance.now() + turnMs;
  }
  return found;
}

function* listenersOf(pid: number): Generator<ListenerInfo, undefined> {
  for (const table of unlessGone(() => descriptorTables(pid)) ?? []) {
    for (const fd of unlessGone(() => readdirSync(`${table}/fd`)) ?? []) {
      if (unlessGone(() => readlinkSync(`${table}/fd/${fd}`)) !== 'anon_inode:[fanotify]') continue;
      const listener = listenerInfo(readOrNothing(`${table}/fdinfo/${fd}`));
      if (listener !== undefined) yield listener;
    }
  }
}

/** A mount that is in no list may be one of this filesystem. */
function concerns({ devices, mountIds }: ListenerInfo, device: string, table: MountTable): boolean {
  const isOfIt = (id: number): boolean => {
    const mount = table.byId(id);
    return mount === undefined || deviceNumber(mount) === device;
  };
  return devices.has(device) || mountIds.some(isOfIt);
}

function addMounts(table: MountTable, pid: number): void {
  unlessGone(() => table.addThoseOf(pid));
}

function unlessGone<T>(look: () => T): T | undefined {
  try {
    return look();
  } catch (error) {
    if (hasCode(error, 'ENOENT', 'ESRCH', 'EINVAL', 'EACCES', 'EPERM')) return undefined;
    throw error;
  }
}
