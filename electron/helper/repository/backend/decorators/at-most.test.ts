import { describe, expect, it } from 'vitest';
import type { FileRef } from '../contract.ts';
import { MemoryBackend } from '../memory/memory-backend.ts';
import { around } from './around.ts';
import { atMost } from './at-most.ts';
import { rateLimited } from './rate-limit.ts';
import { TokenBucket } from './token-bucket.ts';

const ref = (kind: 'pack' | 'lock', number: number): FileRef => ({ kind, name: `${number}`.padStart(64, '0') });
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** Calls end when they are told to. */
function slow(): { begun: string[]; end: (which: string) => void; backend: MemoryBackend } {
  const begun: string[] = [];
  const ends = new Map<string, () => void>();
  const backend = around(new MemoryBackend(), async ({ file, listed, options }, run) => {
    const name = file && file.kind !== 'config' ? `${file.kind} ${Number(file.name)}` : `list ${listed}`;
    begun.push(name);
    await new Promise<void>((resolve) => ends.set(name, resolve));
    return run(options);
  });
  return { begun, end: (which) => ends.get(which)?.(), backend: backend as MemoryBackend };
}

describe('at most so many calls', () => {
  it('keep one more for locks, and where that is taken locks come first', async () => {
    const { begun, end, backend } = slow();
    const limited = atMost(backend, 2);
    for (const number of [1, 2, 3]) void limited.stat(ref('pack', number)).catch(() => {});
    void limited.list('lock').catch(() => {});
    void limited.stat(ref('lock', 1)).catch(() => {});
    await turn();
    expect(begun).toEqual(['pack 1', 'pack 2', 'list lock']);
    end('pack 1');
    await turn();
    expect(begun.at(-1)).toBe('lock 1');
    end('list lock');
    await turn();
    // What is kept for locks is given to nobody else.
    expect(begun).toHaveLength(4);
    end('lock 1');
    await turn();
    expect(begun.at(-1)).toBe('pack 3');
  });
});

describe('a limit of the line', () => {
  it('lets locks pass while packs wait for it', async () => {
    const stuck = new TokenBucket(() => 1, { nowMs: () => 0, sleep: () => new Promise(() => {}) });
    const limited = rateLimited(new MemoryBackend(), { upload: stuck, download: stuck });
    for (const number of [1, 2]) void limited.save(ref('pack', number), Buffer.alloc(100_000));
    await limited.save(ref('lock', 1), Buffer.from('mine'));
    expect((await limited.list('lock')).length).toBe(1);
  });
});
