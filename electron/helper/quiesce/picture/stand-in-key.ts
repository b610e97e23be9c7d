import type { HandleKey } from '../tracking/contract.ts';

/**
 * The key of a stand-in: where it stands. No event has it, and no handle: the kernel's keys begin with a number of four
 * bytes below 256, of which only the first can be a letter.
 */
export function standInKey(directory: HandleKey, name: Buffer): HandleKey {
  return `stand-in/${directory}/${name.toString('latin1')}` as HandleKey;
}
