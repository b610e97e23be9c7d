import { BusError } from '../bus/messages.ts';
import type { BlockDevice, Disks, Udisks } from './udisks.ts';
import type { DeviceUsers } from './users-of-device.ts';
import { listed, type Users } from './users-of-mount.ts';

/** What became of making a disk safe to unplug. */
export interface EjectOutcome {
  /** True only when nothing of the disk is mounted any more, and nothing else was seen to use it. */
  readonly safeToUnplug: boolean;
  /** For people: what happened, and what to do where it did not. */
  readonly text: string;
}

export interface EjectParts {
  readonly udisks: Pick<Udisks, 'look' | 'unmount' | 'lock' | 'detachLoop' | 'eject' | 'powerOff'>;
  /** Programs of ours that use a mount. */
  readonly usersOf: Users;
  readonly usersOfDevices: DeviceUsers;
}

/**
 * Unmounts everything of the disk that holds this mount point, then lets the disk go. As the user, without a question:
 * what would need one is told in words. Never rejects.
 */
export async function ejectDisk(mountPoint: string, parts: EjectParts): Promise<EjectOutcome> {
  const { udisks } = parts;
  let disks: Disks;
  try {
    disks = await udisks.look();
  } catch (error) {
    return not(noServiceWords(error));
  }
  const block = disks.blocks.find(({ mountPoints }) => mountPoints.includes(mountPoint));
  if (!block) return not(`Nothing that can be ejected is mounted at ${mountPoint}.`);
  // The one that was asked for first: the service tells them in no order.
  const disk = diskOf(block, disks).toSorted((a, b) => Number(b === block) - Number(a === block));
  for (const each of disk) {
    // One unmount takes away one of several mounts of the same filesystem.
    for (const mounted of each.mountPoints) {
      try {
        await udisks.unmount(each.path);
      } catch (error) {
        return not(await refusedWords(error, mounted, parts.usersOf));
      }
    }
  }
  const left = await stillMounted(disk, udisks).catch(() => undefined);
  if (left === undefined) return not('Whether it is still mounted could not be found out. Look in the file manager.');
  if (left.length > 0) return not(`${listed(left)} ${left.length === 1 ? 'is' : 'are'} still mounted.`);
  if (block.drive === undefined && !block.isLoop)
    return not(`${mountPoint} is unmounted. Which disk it lies on is not known, nor what else uses that.`);
  return letGo(block, disk, disks, parts);
}

/** Every block device of the same disk; what was opened from an encrypted part belongs to it. */
function diskOf(block: BlockDevice, { blocks }: Disks): BlockDevice[] {
  const physical = (each: BlockDevice): BlockDevice => {
    const under = blocks.find(({ path }) => path === each.backing);
    return under ? physical(under) : each;
  };
  const own = physical(block);
  return blocks.filter((each) => {
    const base = physical(each);
    return base.path === own.path || (own.drive !== undefined && base.drive === own.drive);
  });
}

async function stillMounted(disk: readonly BlockDevice[], udisks: Pick<Udisks, 'look'>): Promise<string[]> {
  const { blocks } = await udisks.look();
  return disk.flatMap(({ path }) => blocks.find((now) => now.path === path)?.mountPoints ?? []);
}

/** Nothing is mounted any more. What else uses the disk would lose it all the same. */
async function letGo(
  block: BlockDevice,
  disk: readonly BlockDevice[],
  { drives }: Disks,
  { udisks, usersOfDevices }: EjectParts,
): Promise<EjectOutcome> {
  for (const each of disk) if (each.isEncrypted) await codeOf(udisks.lock(each.path));
  const users = await usersOfDevices(disk.map(({ device }) => device));
  if (users.length > 0) return not(`It is unmounted, but its disk is still in use: ${listed(users)}.`);
  const drive = drives.find(({ path }) => disk.some((each) => each.drive === path));
  if (drive?.canPowerOff) {
    const code = await codeOf(udisks.powerOff(drive.path));
    if (code === undefined) return safe('It is powered off and can be unplugged.');
    if (code === busy) return not('It is unmounted, but its disk is still busy.');
  }
  if (drive?.isEjectable) {
    const code = await codeOf(udisks.eject(drive.path));
    if (code === undefined) return safe('It is ejected and can be taken out.');
    if (code === busy) return not('It is unmounted, but its disk is still busy.');
  }
  if (block.isLoop) await codeOf(udisks.detachLoop(block.path));
  return safe('It is unmounted and can be unplugged.');
}

const busy = 'org.freedesktop.UDisks2.Error.DeviceBusy';

/** Undefined: it went well. */
function codeOf(step: Promise<void>): Promise<string | undefined> {
  return step.then(
    () => undefined,
    (error) => BusError.from(error).code,
  );
}

async function refusedWords(error: unknown, mounted: string, usersOf: Users): Promise<string> {
  const { code, message } = BusError.from(error);
  if (code === busy) {
    const users = await usersOf(mounted);
    const by = users.length === 0 ? 'another program' : listed(users);
    return `${mounted} is in use by ${by}. Close what is open there and try again.`;
  }
  if (code.startsWith('org.freedesktop.UDisks2.Error.NotAuthorized')) {
    return `${mounted} may only be unmounted by an administrator. Eject it in the file manager, which can ask for that.`;
  }
  if (code === 'org.freedesktop.UDisks2.Error.NotMounted') return `${mounted} is not mounted any more.`;
  return `${mounted} could not be unmounted: ${message}`;
}

function noServiceWords(error: unknown): string {
  const known = BusError.from(error);
  if (known.code === 'no-bus' || known.isNobodyThere)
    return 'This system has no service for ejecting disks (UDisks2). Eject it in the file manager or with umount.';
  return `The system’s disk service did not answer: ${known.message}. Eject it in the file manager.`;
}

function not(text: string): EjectOutcome {
  return { safeToUnplug: false, text };
}

function safe(text: string): EjectOutcome {
  return { safeToUnplug: true, text };
}
