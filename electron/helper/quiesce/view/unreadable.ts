import { hasCode } from '../../system/errno.ts';

/** What is wrong with ourselves, whatever was asked for: it spoils everything, not one file. */
const ourOwn: readonly string[] = ['EMFILE', 'ENFILE', 'ENOMEM', 'EBADF', 'EFAULT', 'EINTR', 'ENOSYS'];

/**
 * Why one file or folder cannot be read, for people; undefined where the error says nothing of it. ENOKEY, EKEYEXPIRED,
 * EKEYREVOKED, EKEYREJECTED and EUCLEAN are 126 to 129 and 117.
 */
export function whyOneUnreadable(error: unknown): string | undefined {
  if (!(error instanceof Error && 'code' in error && typeof error.code === 'string')) return undefined;
  if (!/^E[A-Z0-9]+$/.test(error.code) || !('syscall' in error) || ourOwn.includes(error.code)) return undefined;
  if (hasCode(error, 'EACCES', 'EPERM')) return 'No permission to read it.';
  if (hasCode(error, 'EIO', 'ESTALE')) return 'The disk reported an error (EIO).';
  if (hasCode(error, 'EAGAIN')) return 'Another program has locked it (a lease).';
  if (hasCode(error, 'ENAMETOOLONG')) return 'Its path is too long.';
  if (hasCode(error, 'E126', 'E127', 'E128', 'E129'))
    return 'It is locked: the key of its encrypted folder is not there.';
  if (hasCode(error, 'E117', 'EBADMSG')) return 'Its filesystem is damaged here; a check of the disk may repair it.';
  return `It could not be read (${error.code}).`;
}

/** The same of a read: only what a file's own storage says, because who takes in what is read may fail as well. */
export function whyReadFails(error: unknown): string | undefined {
  const isOfFile = hasCode(error, 'EIO', 'ESTALE', 'EBADMSG', 'E117', 'E126', 'E127', 'E128', 'E129');
  return isOfFile ? whyOneUnreadable(error) : undefined;
}
