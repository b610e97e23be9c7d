import { closeSync, constants, fstatSync, mkdirSync, openSync, readFileSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { z } from 'zod';
import { type Instant, instantSchema } from '../../../shared/domain/time.ts';
import { StillpointError } from '../../../shared/errors/index.ts';
import type { StartRule } from './start-rule.ts';
import { writeDurably } from './write-durably.ts';

/** The name is kept too: a uid that was given to somebody else brings no consent with it. */
const schema = z.strictObject({ version: z.literal(1), user: z.string(), givenAt: instantSchema });

/** Whether scheduled runs of one caller may hold filesystems still without anybody being asked. */
export interface ScheduleConsent {
  /** Looked up anew each time: whoever withdraws it elsewhere is heard at the next run. */
  readonly isGiven: boolean;
  /** Whole or not at all; durable when it returns. Throws `io` or `not-permitted`. */
  give(at: Instant): void;
  withdraw(): void;
}

/**
 * In one file, mode 0600, beside the registry. What cannot be read, or belongs to somebody else, is no consent. The rule
 * that lets the caller start the helper without a question comes and goes with it: a record without the rule would have
 * to ask, a rule without the record would start a helper that holds nothing.
 */
export function openScheduleConsent(path: string, user: string, rule: StartRule): ScheduleConsent {
  return {
    get isGiven(): boolean {
      return isGivenIn(path, user);
    },
    give: (at) => {
      rule.write();
      try {
        changing(path, () => {
          mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
          writeDurably(path, `${JSON.stringify({ version: 1, user, givenAt: at })}\n`, 0o600);
        });
      } catch (error) {
        rule.remove();
        throw error;
      }
    },
    withdraw: () => {
      try {
        changing(path, () => rmSync(path, { force: true }));
      } finally {
        rule.remove();
      }
    },
  };
}

function isGivenIn(path: string, user: string): boolean {
  let fd: number;
  try {
    fd = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  } catch {
    return false;
  }
  try {
    const stats = fstatSync(fd);
    if (!stats.isFile() || stats.uid !== process.geteuid?.() || stats.size > 1000) return false;
    const record = schema.safeParse(JSON.parse(readFileSync(fd, 'utf8')));
    return record.success && record.data.user === user;
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
