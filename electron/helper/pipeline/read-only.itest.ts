import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { initRepository, LocalBackend, openRepository, type Repository } from '../repository/index.ts';
import { testOptions } from '../repository/testing/memory-repository.ts';
import { SeededRandom } from '../repository/testing/seeded-random.ts';
import { file, storeSnapshot } from '../repository/testing/tree-literal.ts';
import { checkRun } from './maintenance.ts';
import { prune } from './prune.ts';
import { reporting, runId, signal } from './testing/kept-world.ts';

const missing = process.geteuid?.() === 0 ? undefined : 'only root can mount';
const random = new SeededRandom(31);

describe.skipIf(missing !== undefined)(
  `a repository at a place that is read-only${missing ? ` (${missing})` : ''}`,
  () => {
    let folder: string;
    let repository: Repository;

    beforeEach(async () => {
      folder = mkdtempSync(join(tmpdir(), 'stillpoint-read-only-'));
      const root = join(folder, 'repository');
      const shown = join(folder, 'shown');
      mkdirSync(shown);
      const written = await initRepository(new LocalBackend(root), testOptions);
      const gone = await storeSnapshot(written, { a: file(random.bytes(200_000)) }, { timeNs: 1n });
      await storeSnapshot(written, { b: file(random.bytes(100_000)) }, { timeNs: 2n });
      await written.locks.withLock({ mode: 'exclusive' }, (lock) => written.snapshots.remove(lock, [gone.id]));
      execFileSync('mount', ['--bind', root, shown]);
      execFileSync('mount', ['-o', 'remount,bind,ro', shown]);
      repository = await openRepository(new LocalBackend(shown), testOptions);
    });
    afterEach(() => {
      try {
        execFileSync('umount', [join(folder, 'shown')], { stdio: 'ignore' });
      } finally {
        rmSync(folder, { recursive: true, force: true });
      }
    });

    const withoutLock = {
      type: 'note',
      text: expect.stringMatching(/^The place is read-only: this looks without a lock/),
    };

    it('is told what a prune would do, and that nobody was kept out', async () => {
      const { report, events } = reporting();
      const { result, figures } = await prune(repository, { runId, dryRun: true, limits: {} }, report, signal);
      expect(result).toMatchObject({ outcome: 'done', error: null });
      expect(figures.freedBytes).toBeGreaterThan(200_000);
      expect(events).toContainEqual(expect.objectContaining(withoutLock));
      const really = prune(repository, { runId, dryRun: false, limits: {} }, reporting().report, signal);
      await expect(really).rejects.toMatchObject({ kind: 'repository-read-only' });
    });

    it('can be checked', async () => {
      const { report, events } = reporting();
      const { result, findings } = await checkRun(repository, { runId, readData: true }, report, signal);
      expect(result).toMatchObject({ outcome: 'done', error: null });
      expect(findings.filter(({ severity }) => severity !== 'info')).toEqual([]);
      expect(events).toContainEqual(expect.objectContaining(withoutLock));
    });
  },
);
