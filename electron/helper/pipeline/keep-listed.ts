import { maxListedPaths } from '../../../shared/domain/evidence.ts';

/**
 * Bytes of JSON that one list of evidence may come to. A record has four such lists, and has to fit into one frame of
 * the protocol (`maxFrameBytes`) with room to spare.
 */
export const maxListBytes = 512 * 1024;

/** The first entries of a list that evidence keeps: bounded by count and by bytes. The total is told beside it. */
export function keepListed<T>(entries: readonly T[]): T[] {
  const kept: T[] = [];
  let bytes = 0;
  for (const entry of entries) {
    bytes += Buffer.byteLength(JSON.stringify(entry)) + 1;
    if (kept.length === maxListedPaths || bytes > maxListBytes) break;
    kept.push(entry);
  }
  return kept;
}
