import { StillpointError } from '../../../../shared/errors/index.ts';

/**
 * Who opens a file may wait for a program that answers for it, and that program for the filesystem that is held: so nothing
 * is opened there while a program is asked.
 */
export function answeredOpens(what: string): StillpointError {
  return new StillpointError({
    kind: 'freeze-refused',
    message: `A program is asked before files of this filesystem are opened, as scanners for viruses are, and could wait for it: ${what}`,
    guidance: 'Have that program leave this filesystem out, or pause it while you back up.',
    retryable: true,
  });
}
