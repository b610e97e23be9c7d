/** One line of /proc/PID/mountinfo. Source: proc_pid_mountinfo(5). */
export interface Mount {
  readonly id: number;
  readonly parentId: number;
  readonly major: number;
  readonly minor: number;
  /** The part of the filesystem that is mounted: `/`, or a directory for bind mounts and subvolumes. */
  readonly root: string;
  readonly mountPoint: string;
  readonly options: readonly string[];
  readonly fsType: string;
  /** What was mounted, as the kernel tells it: a device node, a server, or a word without meaning. */
  readonly source: string;
  readonly superOptions: readonly string[];
}

/** In the order of mounting. Bytes that are not UTF-8 are replaced in the texts. Lines it cannot read are left out. */
export function parseMountinfo(content: Uint8Array): Mount[] {
  const mounts: Mount[] = [];
  for (const line of Buffer.from(content).toString('latin1').split('\n')) {
    // Optional fields end with a lone dash, which no field before it can be.
    const separator = line.indexOf(' - ');
    if (separator < 0) continue;
    const [id, parentId, device, root, mountPoint, options] = line.slice(0, separator).split(' ');
    const [fsType, source, superOptions] = line.slice(separator + 3).split(' ');
    const [major, minor] = (device ?? '').split(':').map(Number);
    if (id === undefined || parentId === undefined || major === undefined || minor === undefined) continue;
    if (root === undefined || mountPoint === undefined || options === undefined || fsType === undefined) continue;
    mounts.push({
      id: Number(id),
      parentId: Number(parentId),
      major,
      minor,
      root: unescapeOctal(root),
      mountPoint: unescapeOctal(mountPoint),
      options: options.split(','),
      fsType: unescapeOctal(fsType),
      source: unescapeOctal(source ?? ''),
      superOptions: (superOptions ?? '').split(','),
    });
  }
  return mounts;
}

/** ASCII without escapes: nearly all there is. */
const isPlain = /^[\x20-\x5b\x5d-\x7e]*$/;

/** The kernel writes space, tab, newline and backslash as `\040` and so on, there and in other tables of /proc. */
export function unescapeOctal(latin1: string): string {
  if (isPlain.test(latin1)) return latin1;
  const bytes = latin1.replace(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8)));
  return Buffer.from(bytes, 'latin1').toString();
}

export function isInside(path: string, directory: string): boolean {
  return directory === '/' ? path !== '/' : path.startsWith(`${directory}/`);
}

/**
 * Whether something mounted later hides a mount: stacked upon it, or mounted over a directory on the way to it. What was
 * mounted over its way before has become its parent, and hides nothing of it.
 */
export function isHidden(mount: Mount, all: readonly Mount[]): boolean {
  if (
    all.some((other) => other.parentId === mount.id && other.id !== mount.id && other.mountPoint === mount.mountPoint)
  )
    return true;
  const byId = new Map(all.map((each) => [each.id, each]));
  for (let step: Mount | undefined = mount; step !== undefined; step = parentOf(step, byId)) {
    const { id, parentId, mountPoint } = step;
    const isCovering = (other: Mount): boolean =>
      other.parentId === parentId && other.id !== id && isInside(mountPoint, other.mountPoint);
    if (all.some(isCovering)) return true;
  }
  return false;
}

function parentOf(mount: Mount, byId: ReadonlyMap<number, Mount>): Mount | undefined {
  return mount.parentId === mount.id ? undefined : byId.get(mount.parentId);
}
