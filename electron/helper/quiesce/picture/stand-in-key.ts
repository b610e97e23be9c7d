import type { HandleKey } from '../tracking/contract.ts';

/**
 * The key of a stand-in: where it stands. No event has it, and no handle: the kernel's begin with a byte of their type
 * and have 128 bytes at most.
 */
export function standInKey(directory: HandleKey, name: Buffer): HandleKey {
  return `stand-in/${directory}/${name.toString('latin1')}` as HandleKey;
}
