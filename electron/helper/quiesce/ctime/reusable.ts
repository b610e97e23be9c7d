import type { EntryMeta } from '../contract.ts';
import { isWholeSecond } from './granularity.ts';
import { tracesMappedWrites } from './mapped-writes.ts';

/**
 * Whether equal metadata means equal content, for files last changed before the flush that went before the earlier
 * reading: only where every change moves the ctime, and by a step that can be seen.
 */
export function isReusable(fsType: string, meta: Pick<EntryMeta, 'ctimeNs'>): boolean {
  return tracesMappedWrites(fsType) && !isWholeSecond(meta.ctimeNs);
}
