import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { BlobId } from '../../../shared/domain/ids.ts';
import { LocalBackend } from './backend/local/local-backend.ts';
import { sha256 } from './crypto/hash.ts';
import { initRepository, openRepository } from './open.ts';
import { assertHealthy } from './testing/assert-healthy.ts';
import { testOptions } from './testing/memory-repository.ts';
import { SeededRandom } from './testing/seeded-random.ts';
import { file, storeSnapshot } from './testing/tree-literal.ts';

const writerProgram = fileURLToPath(new URL('./testing/run-writer.ts', import.meta.url));

describe('a writer that is killed', () => {
  let root: string;

  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'stillpoint-crash-'));
  });
  afterEach(() => rmSync(root, { recursive: true, force: true }));

  /** Kills the writer with SIGKILL some milliseconds after it wrote this many packs. */
  async function killAfter(packs: number, delayMs: number, seed: number): Promise<void> {
    const child = spawn(process.execPath, [writerProgram, root, String(seed)], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const ended = new Promise<NodeJS.Signals | null>((resolve) =>
      child.once('exit', (_code, signal) => resolve(signal)),
    );
    let lines = 0;
    await new Promise<void>((resolve) => {
      child.stdout.on('data', (text: Buffer) => {
        lines += text.toString().split('\n').length - 1;
        if (lines >= packs) resolve();
      });
      child.once('exit', () => resolve());
    });
    await new Promise((resolve) => setTimeout(resolve, delayMs));
    child.kill('SIGKILL');
    expect(await ended).toBe('SIGKILL');
    expect(lines).toBeGreaterThanOrEqual(packs);
  }

  it.each([1, 2, 3, 4, 5])(
    'leaves a healthy repository, no lock in the way, and what was indexed to the next run (%i)',
    async (seed) => {
      const made = await initRepository(new LocalBackend(root), testOptions);
      const before = await storeSnapshot(made, { kept: file('from before') });
      await killAfter(40, seed * 7, seed);
      const repository = await openRepository(new LocalBackend(root), testOptions);
      await repository.locks.withLock({ mode: 'exclusive' }, async () => {
        const report = await assertHealthy(repository);
        expect(report.snapshots).toBe(1);
        expect(report.findings.every(({ code }) => code === 'pack-unlisted' || code === 'blobs-unused')).toBe(true);
      });
      await repository.loadIndex();
      const random = new SeededRandom(seed);
      const reused = Array.from({ length: 100 }, () =>
        repository.hasBlob('data', sha256(random.bytes(40_000)) as BlobId),
      );
      expect(reused.every(Boolean)).toBe(true);
      expect(await repository.hasSubtree(before.tree)).toBe(true);
      await repository.backend.sweep(-1000);
      const leftovers = readdirSync(root, { recursive: true }).filter((name) => String(name).includes('-tmp-'));
      expect(leftovers).toEqual([]);
    },
  );
});
