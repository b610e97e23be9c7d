import type { Backend } from '../contract.ts';
import { type Around, around, isOfLocks, type Operation } from './around.ts';
import type { TokenBucket } from './token-bucket.ts';

/** One pair for everything that shares a line. */
export interface Buckets {
  readonly upload: TokenBucket;
  readonly download: TokenBucket;
}

const uploading: readonly Operation[] = ['save'];

/**
 * Content passes no faster than the buckets let it. Backends that ask at every piece are slowed piece by piece; for one that
 * does not ask, the caller waits for the whole file afterwards, and so does the next call. What a place reads where it lies,
 * for a digest, uses no line. Locks are a few hundred bytes and wait for nobody: behind packs, at a low rate, one would turn
 * stale before its refresh got its turn. Files are opened where they lie only while reading has no limit.
 */
export function rateLimited(inner: Backend, buckets: Buckets): Backend {
  const isFree = (): boolean => buckets.download.isFree;
  const limited: Around = async (call, run) => {
    const { operation, bytes, options } = call;
    if (operation === 'digest' || isOfLocks(call)) return run(options);
    const { signal } = options;
    const bucket = uploading.includes(operation) ? buckets.upload : buckets.download;
    let asked = 0;
    const pace = async (count: number): Promise<void> => {
      asked += count;
      if (count > 0) await bucket.take(count, signal);
      await options.pace?.(count);
    };
    const result = await run({ ...options, pace });
    const moved = bytes?.length ?? (Buffer.isBuffer(result) ? result.length : 0);
    if (asked < moved) await bucket.take(moved - asked, signal);
    return result;
  };
  return around(inner, limited, isFree);
}
