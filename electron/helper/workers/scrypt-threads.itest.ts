import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, it } from 'vitest';
import { mixBlocks, scryptBlocks } from '../repository/crypto/scrypt-mix.ts';
import { initRepository, MemoryBackend, openRepository } from '../repository/index.ts';
import { scryptThreads } from './scrypt-threads.ts';

const cost = { N: 1024, r: 8, p: 5 };

describe('threads for a password', () => {
  it.each([1, 2, 3, 7])('mix what one alone does (threads: %s)', async (threads) => {
    const blocks = scryptBlocks('password', 'salt', cost);
    const alone = Buffer.from(blocks);
    await scryptThreads({ threads })(blocks, cost);
    mixBlocks(alone, cost);
    expect(blocks.equals(alone)).toBe(true);
  });

  it('reject where one ends by itself', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'stillpoint-scrypt-'));
    try {
      writeFileSync(join(folder, 'ends.mjs'), 'process.exit(0);');
      const program = pathToFileURL(join(folder, 'ends.mjs'));
      await expect(scryptThreads({ program })(scryptBlocks('p', 's', cost), cost)).rejects.toThrow('ended before');
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('open a repository, and refuse a wrong password', async () => {
    const backend = new MemoryBackend();
    const made = await initRepository(backend, { password: 'right' });
    const opened = await openRepository(backend, { password: 'right', mixOnThreads: scryptThreads() });
    expect(opened.id).toBe(made.id);
    const wrong = openRepository(backend, { password: 'wrong', mixOnThreads: scryptThreads() });
    await expect(wrong).rejects.toMatchObject({ kind: 'wrong-password' });
  });
});
