import { execFileSync } from 'node:child_process';
import { variant } from '../bus/messages.ts';
import { type BusService, busService } from './bus-service.ts';

export interface MadeUpBlock {
  readonly name: string;
  readonly drive?: string;
  readonly backing?: string;
  readonly isEncrypted?: boolean;
  /** Real mounts: unmounting one unmounts it. */
  mounts: string[];
}

export interface MadeUpDrive {
  readonly name: string;
  readonly canPowerOff: boolean;
  readonly isEjectable: boolean;
}

const service = 'org.freedesktop.UDisks2';
const root = '/org/freedesktop/UDisks2';

/**
 * UDisks2's interface over disks that are made up and mounts that are real. It stands in for udisksd, which sees nothing
 * without udev.
 */
export class DiskService {
  /** What was asked, in order: `Unmount sdb1`. */
  readonly asked: string[] = [];
  /** Names of what only an administrator may do. */
  readonly forbidden = new Set<string>();
  readonly #blocks: readonly MadeUpBlock[];
  readonly #drives: readonly MadeUpDrive[];
  #service: BusService | undefined;

  constructor(blocks: readonly MadeUpBlock[], drives: readonly MadeUpDrive[]) {
    this.#blocks = blocks;
    this.#drives = drives;
  }

  async start(address: string): Promise<void> {
    this.#service = await busService(address, service, ({ path, member, body }) => {
      if (member === 'GetManagedObjects') return { signature: 'a{oa{sa{sv}}}', body: [this.#objects()] };
      const name = path.split('/').at(-1) ?? '';
      const options = body[0] as Record<string, { value: unknown }>;
      this.asked.push(`${member} ${name}${options['auth.no_user_interaction']?.value === true ? '' : ' asking'}`);
      if (this.forbidden.has(name)) return { error: `${service}.Error.NotAuthorizedCanObtain`, text: 'Not authorized' };
      const block = this.#blocks.find((each) => each.name === name);
      return member === 'Unmount' && block ? unmount(block) : { signature: '', body: [] };
    });
  }

  stop(): void {
    this.#service?.leave();
  }

  #objects(): Record<string, unknown> {
    const bytes = (path: string): Buffer => Buffer.from(`${path}\0`);
    const block = ({ name, drive, backing, isEncrypted, mounts }: MadeUpBlock) => ({
      [`${service}.Block`]: {
        Device: variant('ay', bytes(`/dev/${name}`)),
        Drive: variant('o', drive === undefined ? '/' : `${root}/drives/${drive}`),
        CryptoBackingDevice: variant('o', backing === undefined ? '/' : `${root}/block_devices/${backing}`),
      },
      ...(isEncrypted
        ? { [`${service}.Encrypted`]: { HintEncryptionType: variant('s', 'LUKS2') } }
        : { [`${service}.Filesystem`]: { MountPoints: variant('aay', mounts.map(bytes)) } }),
    });
    const drive = ({ canPowerOff, isEjectable }: MadeUpDrive) => ({
      [`${service}.Drive`]: { CanPowerOff: variant('b', canPowerOff), Ejectable: variant('b', isEjectable) },
    });
    return Object.fromEntries([
      ...this.#blocks.map((each) => [`${root}/block_devices/${each.name}`, block(each)]),
      ...this.#drives.map((each) => [`${root}/drives/${each.name}`, drive(each)]),
    ]);
  }
}

function unmount(block: MadeUpBlock) {
  const [mounted] = block.mounts;
  if (mounted === undefined) return { error: `${service}.Error.NotMounted`, text: 'not mounted' };
  try {
    execFileSync('umount', [mounted], { stdio: 'pipe' });
  } catch (error) {
    return { error: `${service}.Error.DeviceBusy`, text: String(error) };
  }
  block.mounts = block.mounts.slice(1);
  return { signature: '', body: [] };
}
