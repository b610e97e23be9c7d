import { constants } from 'node:fs';
import { hasCode } from './errno.ts';
import { openAt } from './open-at.ts';

const { O_RDONLY, O_NOATIME, O_NOCTTY, O_NOFOLLOW, O_NONBLOCK } = constants;
const flags = O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY;

/**
 * Opens one entry of an open directory for reading, leaving its time of last access alone where that is permitted (to the
 * owner and to CAP_FOWNER). Waits for nobody, also on a frozen filesystem: there the kernel leaves that time alone itself.
 */
export function openQuietly(dirFd: number, name: Uint8Array): number {
  try {
    return openAt(dirFd, name, flags | O_NOATIME);
  } catch (error) {
    if (!hasCode(error, 'EPERM')) throw error;
    return openAt(dirFd, name, flags);
  }
}
