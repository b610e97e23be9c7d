import { hash } from 'node:crypto';

/** SHA-256 as 64 hex digits: the id of whatever the bytes are. */
export function sha256(bytes: Uint8Array): string {
  return hash('sha256', bytes, 'hex');
}
