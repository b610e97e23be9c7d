import { readFileSync, readlinkSync } from 'node:fs';
import { hasCode } from './errno.ts';
import { type Mount, parseMountinfo } from './mountinfo.ts';
import { deviceNumber } from './mounts.ts';
import { readOrNothing } from './process-files.ts';

/** The mounts of all mount namespaces that have a process: containers see others than we do. No file is touched. */
export class MountTable {
  readonly #byId = new Map<number, Mount>();
  readonly #byDevice = new Map<string, Mount>();
  readonly #seen = new Set<string>();

  /** To be called for every process. Throws as reading /proc does. */
  addThoseOf(pid: number | 'self'): void {
    // A process with another root sees the part below that only.
    const namespace = `${readlinkSync(`/proc/${pid}/ns/mnt`)} ${readlinkOrNothing(`/proc/${pid}/root`)}`;
    if (this.#seen.has(namespace)) return;
    this.#seen.add(namespace);
    for (const mount of parseMountinfo(readFileSync(`/proc/${pid}/mountinfo`))) {
      this.#byId.set(mount.id, mount);
      this.#byDevice.set(deviceNumber(mount), mount);
    }
  }

  /** Those that a process sees, in the order of mounting; empty when it is gone. */
  ofProcess(pid: number): readonly Mount[] {
    return parseMountinfo(Buffer.from(readOrNothing(`/proc/${pid}/mountinfo`), 'latin1'));
  }

  byId(id: number): Mount | undefined {
    return this.#byId.get(id);
  }

  /** Any mount of the filesystem with this device, `8:1`. */
  ofDevice(device: string): Mount | undefined {
    return this.#byDevice.get(device);
  }
}

function readlinkOrNothing(path: string): string {
  try {
    return readlinkSync(path);
  } catch (error) {
    if (hasCode(error, 'ENOENT', 'ESRCH')) return '';
    throw error;
  }
}
