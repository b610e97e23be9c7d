import { StillpointError } from '../../../shared/errors/index.ts';

/** What a person can do about a refusal of the system, by its code. Source: errno(3). */
const advice: Readonly<Record<string, string>> = {
  EACCES: 'Give your account the right to it, or choose another place.',
  EDQUOT: 'Your share of the disk is used up. Make room on it, then try again.',
  EIO: 'The disk could not be read or written. Look for errors of it in the system’s log before you rely on it.',
  EMFILE: 'Too many files are open at once. Let other runs end, then try again.',
  ENFILE: 'Too many files are open on this system. Close other programs, then try again.',
  ENODEV: 'The disk is gone. Connect it, then try again.',
  ENOMEM: 'There is not enough memory. Close other programs, then try again.',
  ENOSPC: 'The disk is full. Make room on it, then try again.',
  ENXIO: 'The disk is gone. Connect it, then try again.',
  EPERM: 'Give your account the right to it, or choose another place.',
  EROFS: 'The disk is read-only. Mount it for writing, or look in the system’s log for why it was made read-only.',
  ESTALE: 'The server has the file no longer, or was restarted. Try again.',
};

/** A failed system call that nobody had better words for, as an error of the machine; everything else as it is. */
export function withSystemWords(error: unknown): unknown {
  if (error instanceof StillpointError || !(error instanceof Error)) return error;
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  const guidance = advice[code];
  if (guidance === undefined) return error;
  return new StillpointError({
    kind: 'io',
    message: `The system refused: ${error.message}.`,
    guidance,
    retryable: true,
    context: { code },
    cause: error,
  });
}
