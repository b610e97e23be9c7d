import { StillpointError } from '../../../../../shared/errors/index.ts';
import { transientError } from '../decorators/transient.ts';
import type { HttpAnswer } from './contract.ts';

/** A server that says "later" for longer than this is not waited for as it asks, ms. */
const longestWaitMs = 5 * 60_000;

const transientStatuses = [408, 423, 425, 429, 500, 502, 503, 504];

/** What an unwanted status means to a person. `action` completes "could not ...", e.g. "write pack 12345678". */
export function statusError(answer: HttpAnswer, action: string, location: string, nowMs: number): StillpointError {
  const { status } = answer;
  const context = { location, status };
  if (status === 401)
    return new StillpointError({
      kind: 'not-permitted',
      message: `${location} does not accept the user name and password.`,
      guidance: 'Check both; they are not the password of the repository.',
      field: 'credentials',
      context,
    });
  if (status === 403 || status === 405)
    return new StillpointError({
      kind: 'not-permitted',
      message: `${location} does not allow this: could not ${action}.`,
      guidance: 'Ask who runs it which rights you have there.',
      field: 'location',
      context,
    });
  if (status === 413 || status === 507 || (status >= 500 && saysNoRoom(answer.body.toString('utf8', 0, 2000))))
    return new StillpointError({
      kind: 'repository-full',
      message: `There is no more room at ${location}: could not ${action}.`,
      guidance: 'Make room there, or remove old snapshots, and run again. What was already stored is kept.',
      retryable: true,
      context,
    });
  const words = `${location} answered ${status}: could not ${action}.`;
  if (transientStatuses.includes(status))
    return transientError({
      message: words,
      guidance: 'The server has a problem or too much to do. What was already stored is kept; the next run goes on.',
      retryAfterMs: retryAfterMs(answer.headers['retry-after'], nowMs),
      context,
    });
  return new StillpointError({
    kind: 'io',
    message: words,
    guidance: 'Check the address, and the log of the server.',
    retryable: true,
    context,
  });
}

/**
 * Whether that is what a server, or a program that talks to one, gives as its reason: the system’s words for a disk or a
 * quota that is full, and what rclone says of those services that have words of their own.
 */
export function saysNoRoom(text: string): boolean {
  return noRoomWords.test(text);
}

const noRoomWords =
  /no space left on device|too big for remaining disk space|disk quota exceeded|storage ?quota(?: has been)? ?exceeded|quota exceeded|insufficient[ _]?(?:storage|space)|not enough (?:storage )?space|over(?:_| )?quota|storage_cap_exceeded/i;

/** Where a place lets everything be added and nothing be removed. */
export function forbidsRemoval(location: string, what: string, cause?: unknown): StillpointError {
  return new StillpointError({
    kind: 'not-permitted',
    message: `${location} does not let anything be deleted: could not remove ${what}.`,
    guidance:
      'That protects the snapshots from whoever gets hold of this computer. Delete old snapshots from a computer that may, or on the server.',
    context: { location, appendOnly: true },
    cause,
  });
}

/** Seconds, or a date by the clock of the server, which is taken for ours. */
export function retryAfterMs(text: string | undefined, nowMs: number): number | undefined {
  if (text === undefined) return undefined;
  const ms = /^\d{1,9}$/.test(text.trim()) ? Number(text) * 1000 : Date.parse(text) - nowMs;
  return Number.isFinite(ms) ? Math.min(Math.max(0, ms), longestWaitMs) : undefined;
}
