import { existsSync, lstatSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { hasCode } from './errno.ts';
import { findProgram, runProgram } from './exec.ts';
import { listMounts, type Mount } from './mounts.ts';

/**
 * Who may write to a control group may freeze or kill everything in it at once, root's processes too: a desktop's user to
 * whom systemd has delegated one, or an out-of-memory daemon that acts for that user's session. Neither a guard nor its
 * witness outlives that. Source: Documentation/admin-guide/cgroup-v2.rst (delegation, cgroup.kill, cgroup.freeze).
 */

/** Where a process is in one hierarchy. */
interface Place {
  /** Where the hierarchy is mounted; its groups are folders below. */
  readonly top: string;
  readonly directory: string;
}

const unitStartsMs = 5_000;
const lookAgainMs = 50;
/** Of our own below each hierarchy, where no systemd keeps them. */
const ownGroup = 'stillpoint';

/**
 * Why somebody other than root could end or stop a process through its control groups, for people; undefined when
 * nobody could. Groups that cannot be found from here count as somebody else's. Throws ESRCH or ENOENT when it is gone.
 */
export function whoseControlGroup(pid: number): string | undefined {
  for (const place of placesOf(pid)) {
    const whose = whosePlace(place);
    if (whose !== undefined) return whose;
  }
  return undefined;
}

function whosePlace(place: Place | undefined): string | undefined {
  if (place === undefined) return 'One of its control groups cannot be looked up.';
  for (let at = place.directory; ; at = dirname(at)) {
    const owner = ownerOf(at);
    if (owner !== 0) return `User ${owner ?? 'unknown'} can stop or end it through its control group ${at}.`;
    if (at === place.top) return undefined;
  }
}

/**
 * Moves processes to control groups that only root can write: a unit of their own under systemd, else groups of our own.
 * Does nothing for those that are in such groups. Needs root. What did not work is no error; ask `whoseControlGroup`
 * afterwards.
 */
export async function leaveForeignControlGroups(pids: readonly number[]): Promise<void> {
  const foreign = pids.filter((pid) => whoseControlGroup(pid) !== undefined);
  if (foreign.length === 0) return;
  if (existsSync('/run/systemd/system')) await moveToOwnUnit(foreign);
  else for (const pid of foreign) moveToOwnGroups(pid);
}

/** Source: org.freedesktop.systemd1(5), systemd.scope(5). */
async function moveToOwnUnit(pids: readonly number[]): Promise<void> {
  const busctl = findProgram('busctl');
  if (busctl === undefined) return;
  const manager = ['org.freedesktop.systemd1', '/org/freedesktop/systemd1', 'org.freedesktop.systemd1.Manager'];
  const unit = ['ssa(sv)a(sa(sv))', `stillpoint-${pids.join('-')}.scope`, 'fail'];
  const properties = [
    ...['Description', 's', 'Stillpoint: what ends a pause in any case'],
    ...['PIDs', 'au', String(pids.length), ...pids.map(String)],
    ...['Slice', 's', 'system.slice'],
    ...['CollectMode', 's', 'inactive-or-failed'],
  ];
  const call = ['--system', 'call', ...manager, 'StartTransientUnit', ...unit, '4', ...properties, '0'];
  try {
    await runProgram(busctl, call, { timeoutMs: unitStartsMs });
    // The answer names a job; the processes have moved when the job is done.
    for (let waited = 0; waited < unitStartsMs; waited += lookAgainMs) {
      if (pids.every((pid) => whoseControlGroup(pid) === undefined)) return;
      await new Promise((resolve) => setTimeout(resolve, lookAgainMs));
    }
  } catch {
    // What did not work shows in where they are.
  }
}

function moveToOwnGroups(pid: number): void {
  for (const place of placesOf(pid)) {
    if (place === undefined || whosePlace(place) === undefined) continue;
    try {
      const directory = join(place.top, ownGroup);
      mkdirSync(directory, { recursive: true, mode: 0o755 });
      writeFileSync(join(directory, 'cgroup.procs'), String(pid));
    } catch {
      // The same: some hierarchies take nobody before they are set up.
    }
  }
}

/** Undefined for a hierarchy whose groups cannot be seen from here. Sources: cgroups(7), proc_pid_mountinfo(5). */
function placesOf(pid: number): (Place | undefined)[] {
  const mounts = listMounts();
  return readFileSync(`/proc/${pid}/cgroup`, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => {
      const [, controllers = '', ...rest] = line.split(':');
      return placeOf(rest.join(':'), controllers, mounts);
    });
}

function placeOf(path: string, controllers: string, mounts: readonly Mount[]): Place | undefined {
  const wanted = controllers === '' ? [] : controllers.split(',');
  const isHierarchy = ({ fsType, superOptions }: Mount): boolean =>
    wanted.length === 0 ? fsType === 'cgroup2' : fsType === 'cgroup' && wanted.every((c) => superOptions.includes(c));
  for (const { mountPoint, root } of mounts.filter(isHierarchy)) {
    const below = root === '/' ? path : path === root || path.startsWith(`${root}/`) ? path.slice(root.length) : null;
    if (below === null || below.split('/').includes('..')) continue;
    const directory = join(mountPoint, below).replace(/\/$/, '');
    if (existsSync(directory)) return { top: mountPoint, directory };
  }
  return undefined;
}

/** Undefined when it is gone. Groups that more than their owner may write to belong to nobody in particular. */
function ownerOf(directory: string): number | undefined {
  try {
    const owners = [directory, join(directory, 'cgroup.procs')].map((path) => {
      const { uid, mode } = lstatSync(path);
      return (mode & 0o022) === 0 ? uid : undefined;
    });
    return owners.every((owner) => owner === 0) ? 0 : owners.find((owner) => owner !== 0);
  } catch (error) {
    if (hasCode(error, 'ENOENT', 'ENODEV')) return undefined;
    throw error;
  }
}
