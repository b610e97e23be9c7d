import { type ErrorDetails, StillpointError } from '../../../shared/errors/index.ts';
import { hasCode } from '../system/errno.ts';

type Context = NonNullable<ErrorDetails['context']>;

export function badInput(field: string, message: string, guidance: string): StillpointError {
  return new StillpointError({ kind: 'bad-input', message, guidance, field });
}

export function targetFull(path: string, cause: unknown): StillpointError {
  return new StillpointError({
    kind: 'target-full',
    message: `There is no room left for ${path}.`,
    guidance:
      'What was put back so far stays, and nothing half-written is left. Make room, or choose another folder, and restore again: only what is missing is written.',
    retryable: true,
    cause,
  });
}

export function targetReadOnly(path: string, cause: unknown): StillpointError {
  return new StillpointError({
    kind: 'target-read-only',
    message: `${path} cannot be written: its filesystem is read-only.`,
    guidance: 'Choose another folder, or make this filesystem writable and restore again.',
    retryable: true,
    cause,
  });
}

export function targetChanged(message: string, context: Context = {}, cause?: unknown): StillpointError {
  return new StillpointError({
    kind: 'target-changed',
    message,
    guidance: 'Close what is writing there, look at the preview again, and restore then.',
    retryable: true,
    context,
    cause,
  });
}

export function linkOfOthers(path: string, link: string, place: string): StillpointError {
  const what = link === path ? `${path} is a link` : `${path} is reached over the link ${link}`;
  return new StillpointError({
    kind: 'target-escapes',
    message: `${what}, and others than root can change where it leads (now ${place}): root puts nothing back over it.`,
    guidance: `Restore into another folder, or remove the link ${link} and put a folder in its place. A link is asked about instead where it and all folders above it belong to root and nobody else can change them.`,
    context: { path, link, place },
  });
}

export function safetyMissing(): StillpointError {
  return new StillpointError({
    kind: 'internal',
    message: 'The restore was about to replace files without a safety snapshot of them.',
    guidance: 'Nothing was changed. This is a defect of Stillpoint; please report the log of this run.',
  });
}

export function wasRunAlready(): StillpointError {
  return new StillpointError({
    kind: 'wrong-usage',
    message: 'This preview was carried out already.',
    guidance: 'Make a new preview and restore from that.',
  });
}

export function nothingToUndo(message: string): StillpointError {
  return new StillpointError({
    kind: 'nothing-to-undo',
    message,
    guidance: 'Earlier versions are still in the snapshots on the timeline.',
  });
}

export function beingTakenBack(): StillpointError {
  return new StillpointError({
    kind: 'busy',
    message: 'This restore is being taken back already.',
    guidance: 'Another window or command is doing it. Wait until it is through, then look at what it did.',
    retryable: true,
  });
}

function notPermitted(cause: unknown): StillpointError {
  return new StillpointError({
    kind: 'not-permitted',
    message: 'The folder to restore to cannot be looked at with your rights.',
    guidance: 'Choose another folder, or restore as an administrator.',
    cause,
  });
}

function ioFailure(cause: Error): StillpointError {
  return new StillpointError({
    kind: 'io',
    message: `The folder to restore to could not be read: ${cause.message}.`,
    guidance: 'Check that its disk is connected and working, then try again.',
    retryable: true,
    cause,
  });
}

/** It was a symbolic link when it was looked at, and was none when it was read. Source: readlink(2), EINVAL. */
export function isLinkNoMore(error: unknown): boolean {
  return hasCode(error, 'EINVAL') && error instanceof Error && 'syscall' in error && error.syscall === 'readlink';
}

/** What a failed look at the target means while a restore is being planned or begun. Errors of our own stay as they are. */
export function planningFailure(error: unknown): unknown {
  if (hasCode(error, 'ENOENT', 'ENOTDIR', 'ELOOP', 'EXDEV', 'ESTALE') || isLinkNoMore(error)) {
    return targetChanged('The folder is being changed while the restore is prepared.', {}, error);
  }
  if (hasCode(error, 'EACCES', 'EPERM')) return notPermitted(error);
  if (error instanceof Error && 'syscall' in error && 'code' in error) return ioFailure(error);
  return error;
}

/** Errors of the target that end the whole restore: every further write would fail the same way. */
export function endsRestore(error: unknown, path: string): StillpointError | null {
  if (hasCode(error, 'ENOSPC', 'EDQUOT')) return targetFull(path, error);
  if (hasCode(error, 'EROFS')) return targetReadOnly(path, error);
  return null;
}

/** Why one entry was not put back, in words. */
export function entryProblem(error: unknown): string {
  if (hasCode(error, 'EACCES', 'EPERM')) return 'No permission to write here.';
  if (hasCode(error, 'ELOOP', 'EXDEV')) return 'A folder on the way was replaced by a link; it was not followed.';
  if (hasCode(error, 'ENOENT', 'ENOTDIR', 'ESTALE')) return 'Its folder was moved or removed meanwhile.';
  if (hasCode(error, 'ENAMETOOLONG')) return 'Its name is too long for this filesystem.';
  if (hasCode(error, 'EINVAL', 'EILSEQ')) return 'This filesystem cannot hold such a name.';
  if (hasCode(error, 'EFBIG', 'EOVERFLOW')) return 'It is too large for this filesystem.';
  if (hasCode(error, 'ENOTSUP', 'ENOSYS')) return 'This filesystem cannot hold such an entry.';
  if (error instanceof StillpointError) return error.message;
  return `It could not be written (${error instanceof Error ? error.message : String(error)}).`;
}
