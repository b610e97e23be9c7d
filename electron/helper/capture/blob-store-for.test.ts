import { describe, expect, it } from 'vitest';
import type { BlobId } from '../../../shared/domain/ids.ts';
import { initRepository, MemoryBackend, type Repository } from '../repository/index.ts';
import { blobStoreFor } from './blob-store-for.ts';
import { captureAs } from './capture.ts';
import type { BlobStore, Captured, CaptureOptions } from './contract.ts';
import { addFiles } from './extra-files.ts';
import { CountingReporter, type LiteralEntry, viewOf } from './testing/literal-view.ts';

const accounts = { user: () => undefined, group: () => undefined };
const settleMs = 0;

async function makeRepository(): Promise<Repository> {
  const lockTiming = {
    settleMs,
    retryMs: 1,
    refreshMs: 60_000,
    tickMs: 1000,
    refreshRetryMs: 1000,
    lostAfterMs: 600_000,
  };
  return initRepository(new MemoryBackend(), { password: 'x', kdf: 'test', lockTiming });
}

function write<T>(repository: Repository, work: (store: BlobStore) => Promise<T>): Promise<T> {
  return repository.locks.withLock({ mode: 'shared' }, (lock) =>
    repository.withWriter(lock, {}, (writer) => work(blobStoreFor(repository, writer))),
  );
}

function take(store: BlobStore, entry: LiteralEntry, options: Partial<CaptureOptions> = {}): Promise<Captured> {
  return captureAs(accounts, viewOf(entry), store, {
    signal: new AbortController().signal,
    report: new CountingReporter(),
    parentTree: null,
    parentFlushedAtNs: null,
    ...options,
  });
}

async function contentAt(repository: Repository, tree: BlobId, path: string): Promise<string | undefined> {
  for await (const walked of repository.walk(tree)) {
    if (walked.path !== path) continue;
    const blobs = await Promise.all((walked.node.content ?? []).map((id) => repository.loadBlob('data', id)));
    return Buffer.concat(blobs).toString();
  }
  return undefined;
}

describe('a capture into a repository', () => {
  it('can be read back, with a file added to its tree before anything was flushed', async () => {
    const repository = await makeRepository();
    const tree = await write(repository, async (store) => {
      const { rootTree } = await take(store, {
        entries: { a: { bytes: 'abc' }, d: { entries: { b: { bytes: 'b' } } } },
      });
      return addFiles(store, rootTree, [{ path: '/.stillpoint/evidence.json', content: Buffer.from('{}') }]);
    });
    expect(await contentAt(repository, tree, '/home/ann/docs/a')).toBe('abc');
    expect(await contentAt(repository, tree, '/home/ann/docs/d/b')).toBe('b');
    expect(await contentAt(repository, tree, '/.stillpoint/evidence.json')).toBe('{}');
    const report = await repository.check();
    // Nothing was published.
    expect(report.findings.filter(({ severity }) => severity !== 'info')).toMatchObject([{ code: 'snapshots-none' }]);
  });

  it('reuses what the loaded index has, compressed or not, and knows its length', async () => {
    const repository = await makeRepository();
    const random = Buffer.from(Array.from({ length: 5000 }, (_, index) => (index * index * 31) % 251));
    const entry = { entries: { a: { bytes: random, reusable: true }, z: { bytes: 'z'.repeat(9000), reusable: true } } };
    const first = await write(repository, (store) => take(store, entry));
    await repository.loadIndex();
    const again = await write(repository, (store) =>
      take(store, entry, { parentTree: first.rootTree, parentFlushedAtNs: 2n ** 62n }),
    );
    expect(again.rootTree).toBe(first.rootTree);
    expect(again.totals).toMatchObject({ reusedFiles: 2, newBytes: 0 });
  });
});
