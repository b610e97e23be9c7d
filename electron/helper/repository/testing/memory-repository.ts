import { MemoryBackend } from '../backend/memory/memory-backend.ts';
import type { LockTiming } from '../locks/locks.ts';
import { initRepository, type OpenOptions } from '../open.ts';
import type { Repository } from '../repository.ts';

export const testPassword = 'correct horse battery staple';

/** Locks without the waits that only matter between machines. */
export const fastLocks: LockTiming = {
  settleMs: 0,
  retryMs: 5,
  refreshMs: 5 * 60_000,
  tickMs: 10_000,
  refreshRetryMs: 20_000,
  lostAfterMs: 22.5 * 60_000,
};

export const testOptions: OpenOptions = { password: testPassword, kdf: 'test', lockTiming: fastLocks };

/** A new repository in memory, with a password hash that costs nothing. */
export async function memoryRepository(
  options: Partial<OpenOptions> = {},
): Promise<{ backend: MemoryBackend; repository: Repository }> {
  const backend = new MemoryBackend();
  return { backend, repository: await initRepository(backend, { ...testOptions, ...options }) };
}
