import { StillpointError } from '../../../../shared/errors/index.ts';

export function wrongPassword(location: string): StillpointError {
  return new StillpointError({
    kind: 'wrong-password',
    message: `This password does not open the repository at ${location}.`,
    guidance: 'Check capital letters and the keyboard layout. Without a password that opens it, nothing can be read.',
    field: 'password',
  });
}
