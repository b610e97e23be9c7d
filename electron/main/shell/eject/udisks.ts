import type { BusLink } from '../bus/bus-link.ts';
import { type BusCall, plain, variant } from '../bus/messages.ts';

const service = 'org.freedesktop.UDisks2';
/** Unmounting writes out what is still in memory, which takes a slow disk minutes. Milliseconds. */
const patienceMs = 10 * 60_000;

/** What matters of one block device. Source: UDisks2 reference, `org.freedesktop.UDisks2.Block` and its neighbours. */
export interface BlockDevice {
  readonly path: string;
  /** `/dev/sdb1`. */
  readonly device: string;
  /** The object of the disk it is a part of; undefined for what lies on no disk of its own. */
  readonly drive: string | undefined;
  readonly mountPoints: readonly string[];
  /** The encrypted device that this one is the opened form of. */
  readonly backing: string | undefined;
  readonly isEncrypted: boolean;
  readonly isLoop: boolean;
}

export interface Drive {
  readonly path: string;
  readonly canPowerOff: boolean;
  readonly isEjectable: boolean;
}

export interface Disks {
  readonly blocks: readonly BlockDevice[];
  readonly drives: readonly Drive[];
}

type Properties = ReadonlyMap<string, ReadonlyMap<string, unknown>>;

/** The disks as UDisks2 sees them, and what it can do with them as us. It asks nobody anything. */
export class Udisks {
  readonly #bus: BusLink;

  constructor(bus: BusLink) {
    this.#bus = bus;
  }

  async look(): Promise<Disks> {
    const [objects] = await this.#bus.call({
      destination: service,
      path: '/org/freedesktop/UDisks2',
      interface: 'org.freedesktop.DBus.ObjectManager',
      member: 'GetManagedObjects',
    });
    const found = Object.entries((objects ?? {}) as Record<string, unknown>).map(
      ([path, interfaces]) => [path, propertiesOf(interfaces)] as const,
    );
    return {
      blocks: found.flatMap(([path, of]) => blockOf(path, of) ?? []),
      drives: found.flatMap(([path, of]) => driveOf(path, of) ?? []),
    };
  }

  unmount(block: string): Promise<void> {
    return this.#do(block, 'Filesystem', 'Unmount');
  }

  lock(block: string): Promise<void> {
    return this.#do(block, 'Encrypted', 'Lock');
  }

  detachLoop(block: string): Promise<void> {
    return this.#do(block, 'Loop', 'Delete');
  }

  eject(drive: string): Promise<void> {
    return this.#do(drive, 'Drive', 'Eject');
  }

  powerOff(drive: string): Promise<void> {
    return this.#do(drive, 'Drive', 'PowerOff');
  }

  async #do(path: string, of: string, member: string): Promise<void> {
    const options = { 'auth.no_user_interaction': variant('b', true) };
    const call: BusCall = {
      destination: service,
      path,
      interface: `${service}.${of}`,
      member,
      signature: 'a{sv}',
      body: [options],
    };
    await this.#bus.call(call, patienceMs);
  }
}

function propertiesOf(interfaces: unknown): Properties {
  return new Map(
    Object.entries((interfaces ?? {}) as Record<string, object>).map(([name, values]) => [
      name,
      new Map(Object.entries(values).map(([key, value]) => [key, plain(value)])),
    ]),
  );
}

function blockOf(path: string, of: Properties): BlockDevice | undefined {
  const block = of.get(`${service}.Block`);
  if (!block) return undefined;
  const mountPoints = of.get(`${service}.Filesystem`)?.get('MountPoints');
  return {
    path,
    device: pathText(block.get('Device') ?? []),
    drive: objectPath(block.get('Drive')),
    mountPoints: Array.isArray(mountPoints) ? mountPoints.map(pathText) : [],
    backing: objectPath(block.get('CryptoBackingDevice')),
    isEncrypted: of.has(`${service}.Encrypted`),
    isLoop: of.has(`${service}.Loop`),
  };
}

function driveOf(path: string, of: Properties): Drive | undefined {
  const drive = of.get(`${service}.Drive`);
  if (!drive) return undefined;
  return { path, canPowerOff: drive.get('CanPowerOff') === true, isEjectable: drive.get('Ejectable') === true };
}

/** `/` stands for none. */
function objectPath(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '/' ? value : undefined;
}

/** Paths come as bytes that end with a zero. */
function pathText(value: unknown): string {
  const bytes = Buffer.from(value as ArrayLike<number> as Uint8Array);
  const end = bytes.indexOf(0);
  return bytes.subarray(0, end === -1 ? bytes.length : end).toString('utf8');
}
