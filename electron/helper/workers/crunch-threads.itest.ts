import { randomFillSync } from 'node:crypto';
import { closeSync, ftruncateSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { BlobId } from '../../../shared/domain/ids.ts';
import { Intake } from '../repository/crunch/intake.ts';
import { sha256 } from '../repository/crypto/hash.ts';
import { MemoryBackend, type Repository, type RepositoryWriter } from '../repository/index.ts';
import { initRepository } from '../repository/open.ts';
import { assertHealthy } from '../repository/testing/assert-healthy.ts';
import { diskFull, faulty } from '../repository/testing/faulty.ts';
import { testOptions } from '../repository/testing/memory-repository.ts';
import { withWriter } from '../repository/testing/with-writer.ts';
import { crunchThreads } from './crunch-threads.ts';

const mib = 1024 * 1024;
let folder: string;
const open: number[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'stillpoint-threads-'));
});
afterEach(() => {
  for (const fd of open.splice(0)) closeSync(fd);
  rmSync(folder, { recursive: true, force: true });
});

function fileOf(bytes: Buffer): number {
  const fd = openSync(join(folder, `file-${open.length}`), 'w+');
  open.push(fd);
  writeSync(fd, bytes);
  return fd;
}

/** Half of it compresses, and no two pieces are alike. */
function content(length: number): Buffer {
  const bytes = randomFillSync(Buffer.allocUnsafe(length));
  for (let at = 0; at < length; at += 4096) bytes.fill(at % 251, at, Math.min(at + 2048, length));
  return bytes;
}

async function repositoryWith(options: Partial<Parameters<typeof initRepository>[1]> = {}) {
  const backend = faulty(new MemoryBackend());
  const startCrunching = crunchThreads({ threads: 2 });
  return { backend, repository: await initRepository(backend, { ...testOptions, startCrunching, ...options }) };
}

/** As the main thread alone does it. */
async function pushed(repository: Repository, writer: RepositoryWriter, bytes: Buffer): Promise<BlobId[]> {
  const chunker = repository.chunker();
  const ids: BlobId[] = [];
  for (const chunk of chunker.push(bytes)) ids.push((await writer.saveBlob('data', chunk)).id);
  const rest = chunker.finish();
  if (rest) ids.push((await writer.saveBlob('data', rest)).id);
  return ids;
}

describe('files taken in on threads', () => {
  it.each([1, 4096, 600_000, 5 * mib, 16 * mib, 16 * mib + 1, 50 * mib])(
    'become the same blobs as on one thread: %d bytes',
    async (length) => {
      const { repository } = await repositoryWith();
      const bytes = content(length);
      const fd = fileOf(bytes);
      const taken = await withWriter(repository, async (writer) => {
        const first = await writer.takeFile(fd, 0, length);
        expect(first.length).toBe(length);
        expect(await pushed(repository, writer, bytes)).toEqual(first.blobs);
        const again = await writer.takeFile(fd, 0, length);
        expect(again).toEqual({ blobs: first.blobs, length, storedLength: 0 });
        return first;
      });
      const parts = await Promise.all(taken.blobs.map((id) => repository.loadBlob('data', id)));
      expect(Buffer.concat(parts).equals(bytes)).toBe(true);
      await assertHealthy(repository);
    },
  );

  it('stores what is known once, whoever had it first: the repository, this thread, another', async () => {
    const { repository } = await repositoryWith();
    const bytes = content(3 * mib);
    const fds = [fileOf(bytes), fileOf(bytes), fileOf(bytes), fileOf(bytes)];
    const blobs = await withWriter(repository, async (writer) => {
      const before = await pushed(repository, writer, bytes);
      for (const fd of fds) expect((await writer.takeFile(fd, 0, bytes.length)).blobs).toEqual(before);
      return new Set(before).size;
    });
    expect(repository.indexed.blobs).toBe(blobs);
    await withWriter(repository, async (writer) => {
      for (const fd of fds) expect((await writer.takeFile(fd, 0, bytes.length)).storedLength).toBe(0);
    });
    expect(repository.indexed.blobs).toBe(blobs);
  });

  it('goes on with new tables of claims when one is half full', async () => {
    const { repository } = await repositoryWith();
    const bytes = content(40_000 * 64);
    const fd = fileOf(bytes);
    await withWriter(repository, async (writer) => {
      const take = (index: number) => writer.takeFile(fd, index * 64, index * 64 + 64);
      const all = Array.from({ length: 40_000 }, (_, index) => index);
      const first = await Promise.all(all.map(take));
      const second = await Promise.all(all.map(take));
      expect(second.map(({ blobs }) => blobs)).toEqual(first.map(({ blobs }) => blobs));
      expect(second.reduce((sum, { storedLength }) => sum + storedLength, 0)).toBe(0);
    });
    await assertHealthy(repository);
  });

  it('takes less of a file that is shorter than was said, and says so', async () => {
    const { repository } = await repositoryWith();
    const bytes = content(40 * mib);
    const fd = fileOf(bytes);
    ftruncateSync(fd, 30 * mib + 5);
    await withWriter(repository, async (writer) => {
      const { length, blobs } = await writer.takeFile(fd, 0, 40 * mib);
      expect(length).toBe(30 * mib + 5);
      expect(blobs).toEqual(await pushed(repository, writer, bytes.subarray(0, 30 * mib + 5)));
      expect(await writer.takeFile(fd, 31 * mib, 32 * mib)).toEqual({ blobs: [], length: 0, storedLength: 0 });
    });
  });

  it('rejects with the error of a file that cannot be read, and goes on', async () => {
    const { repository } = await repositoryWith();
    const directory = openSync(folder, 'r');
    open.push(directory);
    const fd = fileOf(content(1000));
    await withWriter(repository, async (writer) => {
      await expect(writer.takeFile(directory, 0, 1000)).rejects.toMatchObject({ code: 'EISDIR' });
      expect((await writer.takeFile(fd, 0, 1000)).length).toBe(1000);
    });
    await assertHealthy(repository);
  });

  it('asks before it reads, piece by piece, where somebody wants to be asked', async () => {
    const { repository } = await repositoryWith();
    const bytes = content(12 * mib);
    const fd = fileOf(bytes);
    const asked: number[] = [];
    await withWriter(repository, async (writer) => {
      const beforeRead = async (count: number): Promise<void> => void asked.push(count);
      const { blobs } = await writer.takeFile(fd, 0, bytes.length, { beforeRead });
      expect(blobs).toEqual(await pushed(repository, writer, bytes));
    });
    expect(asked.length).toBeGreaterThanOrEqual(3);
    expect(Math.max(...asked)).toBeLessThanOrEqual(mib);
  });
});

describe('threads that meet trouble', () => {
  it.each([
    ['ends', './testing/ending-worker.ts'],
    ['throws', './testing/throwing-worker.ts'],
  ])(
    'fail the run when one %s, and leave a whole repository',
    async (_what, program) => {
      const startCrunching = crunchThreads({ threads: 2, program: new URL(program, import.meta.url) });
      const { repository } = await repositoryWith({ startCrunching });
      const fd = fileOf(content(40 * mib));
      const run = withWriter(repository, async (writer) => {
        await writer.saveBlob('data', Buffer.from('saved before'));
        await writer.takeFile(fd, 0, 40 * mib).catch(() => {});
        // Whoever overlooks that is stopped at the end.
        await writer.flush();
      });
      await expect(run).rejects.toMatchObject({ kind: 'internal' });
      await assertHealthy(repository);
    },
    30_000,
  );

  it('end with the run when it is cancelled, in the middle of a file', async () => {
    const { backend, repository } = await repositoryWith({ packTarget: mib });
    backend.on('save', 'pack').every().takes(50);
    const fd = fileOf(content(60 * mib));
    const cancel = new AbortController();
    const run = repository.locks.withLock({ mode: 'shared' }, (lock) =>
      repository.withWriter(lock, { signal: cancel.signal }, async (writer) => {
        const taking = writer.takeFile(fd, 0, 60 * mib, { onRead: () => cancel.abort() });
        await expect(taking).rejects.toThrow();
        throw cancel.signal.reason;
      }),
    );
    const thrown = await run.catch((error: unknown) => error);
    expect(thrown).toBe(cancel.signal.reason);
    await assertHealthy(repository);
  });

  it('wait for a slow place, and do not fill memory meanwhile', async () => {
    const { backend, repository } = await repositoryWith({ packTarget: mib });
    let underWay = 0;
    let most = 0;
    const save = backend.save.bind(backend);
    backend.save = async (file, bytes) => {
      if (file.kind !== 'pack') return save(file, bytes);
      underWay += 1;
      most = Math.max(most, underWay);
      await new Promise((resolve) => setTimeout(resolve, 20));
      await save(file, bytes);
      underWay -= 1;
    };
    const bytes = content(40 * mib);
    const fd = fileOf(bytes);
    await withWriter(repository, (writer) => writer.takeFile(fd, 0, bytes.length));
    expect(most).toBeGreaterThan(1);
    // Two threads with two each.
    expect(most).toBeLessThanOrEqual(4);
    await assertHealthy(repository);
  });

  it('are not waited for when the place is full', async () => {
    const { backend, repository } = await repositoryWith({ packTarget: mib });
    backend.on('save', 'pack').every().fails(diskFull());
    const fd = fileOf(content(40 * mib));
    await expect(withWriter(repository, (writer) => writer.takeFile(fd, 0, 40 * mib))).rejects.toMatchObject({
      kind: 'repository-full',
    });
    await assertHealthy(repository);
  });

  it('leave alone the memory of a pack that was given up: the place may still be writing it', async () => {
    const { backend, repository } = await repositoryWith({ packTarget: mib });
    const save = backend.save.bind(backend);
    const givenUp: { readonly name: string; readonly bytes: Uint8Array }[] = [];
    backend.save = async (file, bytes) => {
      if (file.kind !== 'pack') return save(file, bytes);
      givenUp.push({ name: file.name, bytes });
      throw diskFull();
    };
    const fd = fileOf(content(40 * mib));
    await expect(withWriter(repository, (writer) => writer.takeFile(fd, 0, 40 * mib))).rejects.toMatchObject({
      kind: 'repository-full',
    });
    expect(givenUp.length).toBeGreaterThan(0);
    for (const { name, bytes } of givenUp) expect(sha256(bytes)).toBe(name);
  });

  it('read no more when whoever waits hears of it: a descriptor is the caller’s again', async () => {
    const { backend, repository } = await repositoryWith({ packTarget: mib });
    backend.on('save', 'pack').every().fails(diskFull());
    const fd = fileOf(content(40 * mib));
    const terminate = vi.spyOn(Worker.prototype, 'terminate');
    const exits: number[] = [];
    const run = withWriter(repository, async (writer) => {
      const taking = writer.takeFile(fd, 0, 40 * mib);
      await expect(taking).rejects.toMatchObject({ kind: 'repository-full' });
      const { contexts, settledResults } = terminate.mock;
      // A thread may be told to end more than once.
      exits.push(new Set(contexts.filter((_, at) => settledResults[at]?.type === 'fulfilled')).size);
      throw diskFull();
    });
    await expect(run).rejects.toMatchObject({ kind: 'repository-full' });
    terminate.mockRestore();
    expect(exits).toEqual([2]);
  });

  it('refuse to end well when a blob was promised and not stored', async () => {
    const { repository } = await repositoryWith();
    const fd = fileOf(content(1000));
    const flush = Intake.prototype.flush;
    Intake.prototype.flush = async () => {};
    try {
      const run = withWriter(repository, (writer) => writer.takeFile(fd, 0, 1000));
      await expect(run).rejects.toMatchObject({ kind: 'internal' });
    } finally {
      Intake.prototype.flush = flush;
    }
  });
});
