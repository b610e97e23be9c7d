import { randomBytes } from 'node:crypto';
import {
  closeSync,
  constants,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  unlinkSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { StillpointError } from '../../../../shared/errors/index.ts';
import { hasCode } from '../../system/errno.ts';
import { tryFileLock } from '../../system/file-lock.ts';
import { isStillNamed, openIfThere } from '../../system/record-file.ts';
import type { AtomicDriver } from './driver.ts';

const firstLineSchema = z.object({
  version: z.literal(1),
  mark: z.string().regex(/^stillpoint-\d{14}-[0-9a-f]{16}$/),
  method: z.enum(['btrfs-snapshot', 'lvm-snapshot', 'zfs-snapshot']),
  place: z.record(z.string(), z.string()),
});
const laterLineSchema = z.record(z.string(), z.string());

/** What is known of one snapshot of ours: enough to find it again, and to know it from any other. */
export interface SnapshotRecord {
  /** Part of its name. Sixteen random digits: nobody else has it by accident. */
  readonly mark: string;
  readonly method: AtomicDriver['method'];
  /** The driver's own facts: where it is, what it is called, what it was made with. */
  readonly place: Readonly<Record<string, string>>;
}

/** A record whose lock is ours: whoever made it is this process, or gone. */
export interface HeldRecord extends SnapshotRecord, Disposable {
  note(facts: Readonly<Record<string, string>>): void;
  /** The snapshot is gone: so is the record. */
  forget(): void;
}

const suffix = '.json';
const { O_RDWR, O_CREAT, O_EXCL, O_NOFOLLOW, O_APPEND } = constants;

/**
 * Records of snapshots that are being used, one file each, in a folder of ours. A file is locked for as long as the process
 * lives that made it: an unlocked one tells of a snapshot that a crash has left.
 */
export class SnapshotRecords {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** Durable before it returns. Throws `freeze-refused` where nothing can be written down: then nothing may be made. */
  begin(method: AtomicDriver['method'], mark: string, place: Readonly<Record<string, string>>): HeldRecord {
    try {
      this.#makeFolder();
      const path = join(this.#folder, `${mark}${suffix}`);
      // Locked before it has its name: who finds it must not take it for left.
      const temporary = `${path}.new`;
      const fd = openSync(temporary, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_APPEND, 0o600);
      tryFileLock(fd);
      appendDurably(fd, { version: 1, mark, method, place });
      renameSync(temporary, path);
      this.#sync();
      return this.#held(fd, path, { mark, method, place });
    } catch (error) {
      throw new StillpointError({
        kind: 'freeze-refused',
        message: `A snapshot cannot be written down in ${this.#folder}, so none is made: it might never be found again.`,
        guidance: 'Free some space there, or check who may write to it.',
        retryable: true,
        cause: error,
      });
    }
  }

  /** Records that nobody holds any more, each locked by us now. Files that tell nothing of a snapshot are left alone. */
  *abandoned(): Generator<HeldRecord> {
    for (const name of this.#names()) {
      const path = join(this.#folder, name);
      const fd = openIfThere(path);
      if (fd === undefined) continue;
      const record = tryFileLock(fd) && isStillNamed(fd, path) ? readRecord(fd) : undefined;
      if (record === undefined || `${record.mark}${suffix}` !== name) closeSync(fd);
      else yield this.#held(fd, path, record);
    }
  }

  #held(fd: number, path: string, record: SnapshotRecord): HeldRecord {
    let isOpen = true;
    let place = record.place;
    const dispose = (): void => {
      if (isOpen) closeSync(fd);
      isOpen = false;
    };
    return {
      mark: record.mark,
      method: record.method,
      get place() {
        return place;
      },
      note: (facts) => {
        place = { ...place, ...facts };
        appendDurably(fd, facts);
      },
      forget: () => {
        unlinkSync(path);
        dispose();
      },
      [Symbol.dispose]: dispose,
    };
  }

  #names(): string[] {
    try {
      return readdirSync(this.#folder).filter((name) => name.endsWith(suffix));
    } catch (error) {
      if (hasCode(error, 'ENOENT')) return [];
      throw error;
    }
  }

  #makeFolder(): void {
    mkdirSync(this.#folder, { recursive: true, mode: 0o700 });
  }

  #sync(): void {
    const fd = openSync(this.#folder, 'r');
    try {
      fsyncSync(fd);
    } finally {
      closeSync(fd);
    }
  }
}

/** `stillpoint-20260131235959-0123456789abcdef` */
export function newMark(now: Date = new Date()): string {
  const time = now.toISOString().replaceAll(/\D/g, '').slice(0, 14);
  return `stillpoint-${time}-${randomBytes(8).toString('hex')}`;
}

/** When a mark was given, milliseconds since the epoch. */
export function timeOfMark(mark: string): number {
  const [, ...parts] = /-(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)-/.exec(mark) ?? [];
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = parts.map(Number);
  return Date.UTC(year, month - 1, day, hour, minute, second);
}

function appendDurably(fd: number, line: object): void {
  writeSync(fd, `${JSON.stringify(line)}\n`);
  fsyncSync(fd);
}

/** Later lines add to the first; a line that was not written to its end tells nothing. */
function readRecord(fd: number): SnapshotRecord | undefined {
  const [first, ...later] = readFileSync(fd, 'utf8').split('\n').slice(0, -1).map(parseLine);
  const record = firstLineSchema.safeParse(first);
  if (!record.success) return undefined;
  const { mark, method } = record.data;
  const more = later.map((line) => laterLineSchema.safeParse(line)).flatMap(({ data }) => (data ? [data] : []));
  const place: Record<string, string> = Object.assign({}, record.data.place, ...more);
  return { mark, method, place };
}

function parseLine(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
