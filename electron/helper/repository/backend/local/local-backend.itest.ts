import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { BlobId } from '../../../../../shared/domain/ids.ts';
import { sha256 } from '../../crypto/hash.ts';
import { initRepository, openRepository } from '../../open.ts';
import { assertHealthy } from '../../testing/assert-healthy.ts';
import { testOptions } from '../../testing/memory-repository.ts';
import { SeededRandom } from '../../testing/seeded-random.ts';
import { file, storeSnapshot } from '../../testing/tree-literal.ts';
import { LocalBackend } from './local-backend.ts';

/** Real mounts, because what the kernel answers is the point. */
describe.skipIf(process.getuid?.() !== 0)('a local repository on a disk of its own (needs root for mounts)', () => {
  let mount: string;
  const random = new SeededRandom(81);
  const megabyte = 1024 * 1024;

  beforeEach(() => {
    mount = mkdtempSync(join(tmpdir(), 'stillpoint-disk-'));
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=12m,mode=0700', 'stillpoint-test', mount]);
  });
  afterEach(() => {
    try {
      execFileSync('umount', [mount], { stdio: 'ignore' });
    } catch {
      // The test unmounted it itself.
    }
    rmSync(mount, { recursive: true, force: true });
  });

  it('says that the disk is full, keeps what was stored, and goes on when there is room', async () => {
    const root = join(mount, 'repository');
    const options = { ...testOptions, packTarget: megabyte };
    const repository = await initRepository(new LocalBackend(root), options);
    const blobs = Array.from({ length: 14 }, () => random.bytes(megabyte));
    const store = async (into: typeof repository): Promise<number> =>
      into.locks.withLock({ mode: 'shared' }, (lock) =>
        into.withWriter(lock, {}, async (writer) => {
          for (const blob of blobs) await writer.saveBlob('data', blob);
          return writer.progress.blobsKnown;
        }),
      );
    await expect(store(repository)).rejects.toMatchObject({ kind: 'repository-full', context: { errno: 'ENOSPC' } });
    const packs = (await repository.backend.list('pack')).length;
    expect(packs).toBeGreaterThan(5);
    execFileSync('mount', ['-o', 'remount,size=40m', mount]);
    const again = await openRepository(new LocalBackend(root), options);
    await again.loadIndex();
    expect(blobs.filter((blob) => again.hasBlob('data', sha256(blob) as BlobId)).length).toBeLessThanOrEqual(packs);
    await store(again);
    await assertHealthy(again);
  });

  it('says that the disk is read-only, and still reads', async () => {
    const root = join(mount, 'repository');
    const repository = await initRepository(new LocalBackend(root), testOptions);
    const snapshot = await storeSnapshot(repository, { a: file('a') });
    execFileSync('mount', ['-o', 'remount,ro', mount]);
    const again = await openRepository(new LocalBackend(root), testOptions);
    expect((await again.loadTree(snapshot.tree)).nodes.length).toBe(1);
    await expect(again.locks.acquire({ mode: 'shared' })).rejects.toMatchObject({ kind: 'repository-read-only' });
    await assertHealthy(again);
  });

  it('says that the disk is gone, writes nothing into its empty mount point, and works when it is back', async () => {
    const root = join(mount, 'repository');
    const repository = await initRepository(new LocalBackend(root), testOptions);
    await storeSnapshot(repository, { a: file('a') });
    execFileSync('mount', ['--move', mount, moveTarget(mount)]);
    try {
      await expect(openRepository(new LocalBackend(root), testOptions)).rejects.toMatchObject({
        kind: 'repository-absent',
      });
      await expect(repository.locks.acquire({ mode: 'shared' })).rejects.toMatchObject({ kind: 'repository-absent' });
      await expect(repository.snapshots.list()).rejects.toMatchObject({ kind: 'repository-absent' });
      expect(await new LocalBackend(mount).probe()).toBe('empty');
    } finally {
      execFileSync('mount', ['--move', moveTarget(mount), mount]);
      rmSync(moveTarget(mount), { recursive: true });
    }
    await assertHealthy(repository);
  });
});

function moveTarget(mount: string): string {
  const target = `${mount}-elsewhere`;
  mkdirSync(target, { recursive: true });
  return target;
}
