import { closeSync, constants, fstatSync, openSync, readFileSync, rmSync } from 'node:fs';
import { z } from 'zod';
import { type Instant, instantSchema } from '../../../shared/domain/time.ts';
import { StillpointError } from '../../../shared/errors/index.ts';
import { writeDurably } from './write-durably.ts';

const schema = z.strictObject({ version: z.literal(1), givenAt: instantSchema });

/** Whether scheduled runs of one caller may hold filesystems still without anybody being asked. */
export interface ScheduleConsent {
  /** Looked up anew each time: whoever withdraws it elsewhere is heard at the next run. */
  readonly isGiven: boolean;
  /** Durable when it returns. Throws `io`. */
  give(at: Instant): void;
  withdraw(): void;
}

/** In one file, mode 0600, beside the registry. What cannot be read, or belongs to somebody else, is no consent. */
export function openScheduleConsent(path: string): ScheduleConsent {
  return {
    get isGiven(): boolean {
      return isGivenIn(path);
    },
    give: (at) => {
      changing(path, () => writeDurably(path, `${JSON.stringify({ version: 1, givenAt: at })}\n`, 0o600));
    },
    withdraw: () => changing(path, () => rmSync(path, { force: true })),
  };
}

/** Forgotten with the process. */
export function noScheduleConsent(): ScheduleConsent {
  let isGiven = false;
  return {
    get isGiven(): boolean {
      return isGiven;
    },
    give: () => {
      isGiven = true;
    },
    withdraw: () => {
      isGiven = false;
    },
  };
}

function isGivenIn(path: string): boolean {
  let fd: number;
  try {
    fd = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  } catch {
    return false;
  }
  try {
    const stats = fstatSync(fd);
    if (!stats.isFile() || stats.uid !== process.geteuid?.() || stats.size > 1000) return false;
    return schema.safeParse(JSON.parse(readFileSync(fd, 'utf8'))).success;
  } catch {
    return false;
  } finally {
    closeSync(fd);
  }
}

function changing(path: string, work: () => void): void {
  try {
    work();
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? ` (${String(cause.code)})` : '';
    throw new StillpointError({
      kind: 'io',
      message: `What scheduled runs may do cannot be written to ${path}${code}.`,
      guidance: 'Nothing was changed. Look whether its disk is full or read-only.',
      field: path,
      retryable: true,
      cause,
    });
  }
}
