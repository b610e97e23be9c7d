import { mkdirSync, writeFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay, setImmediate as nextTurn } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import type { BlobId } from '../../../../shared/domain/ids.ts';
import { type BlobStore, blobStoreFor, capture } from '../../capture/index.ts';
import { MemoryBackend, type TreeNode } from '../../repository/index.ts';
import { initRepository } from '../../repository/open.ts';
import { assertHealthy } from '../../repository/testing/assert-healthy.ts';
import { testOptions } from '../../repository/testing/memory-repository.ts';
import { withWriter } from '../../repository/testing/with-writer.ts';
import { whyNoLoopFilesystem, withLoopFilesystem } from '../../system/testing/loop-filesystem.ts';
import { crunchThreads } from '../../workers/crunch-threads.ts';
import { createLive } from '../live/index.ts';
import { examineFolder } from './examine-folder.ts';
import { judge } from './judge.ts';
import { recordingReporter } from './recording-reporter.ts';

const mib = 1024 * 1024;
const files = 40;
const bytesEach = 3 * mib;
/** Longer than a store can be under way: only what rested so long is taken by its name. */
const restMs = 2300;
const missing = whyNoLoopFilesystem('ext4');

/** As if whatever has the length that was told were as named: nobody looked again. */
const believing = (store: BlobStore): BlobStore => ({
  ...store,
  takeNamed: (file, done, failed) =>
    store.takeNamed?.(file, (taken) => done({ ...taken, isAsNamed: taken.length === file.size }), failed),
});

/** Each file holds one byte, over and over. A version is one value; its time of modification is set back each time. */
class Versions {
  readonly #folder: string;
  readonly #writing = new Map<string, Promise<void>>();
  #value = 1;

  constructor(folder: string) {
    this.#folder = folder;
    for (let index = 0; index < files; index += 1)
      writeFileSync(join(folder, `file-${index}`), Buffer.alloc(bytesEach, 1));
  }

  /** Writes a version, in pieces, beside whatever else is done. */
  write(name: string): void {
    if (this.#writing.has(name)) return;
    this.#value = (this.#value % 250) + 1;
    const piece = Buffer.alloc(bytesEach / 6, this.#value);
    const writing = (async () => {
      const file = await open(join(this.#folder, name), 'r+');
      try {
        const { atime, mtime } = await file.stat();
        for (let at = 0; at < bytesEach; at += piece.length) {
          await file.write(piece, 0, piece.length, at);
          await nextTurn();
        }
        await file.utimes(atime, mtime);
      } finally {
        await file.close();
      }
    })();
    this.#writing.set(name, writing);
  }

  async done(): Promise<void> {
    await Promise.all(this.#writing.values());
    this.#writing.clear();
  }
}

interface Taken {
  readonly level: string;
  readonly byName: number;
  readonly notAsNamed: number;
  readonly torn: number;
  /** Called whole, and of more than one version, or not as long as it is said to be. */
  readonly mixed: readonly string[];
}

/** One backup on threads. `disturb` hears of each file that was taken by name, and of those that will be. */
async function takeOnce(
  root: string,
  disturb: (waiting: readonly string[]) => void,
  use: (store: BlobStore) => BlobStore,
): Promise<Taken> {
  const repository = await initRepository(new MemoryBackend(), {
    ...testOptions,
    startCrunching: crunchThreads({ threads: 2 }),
  });
  const { signal } = new AbortController();
  const report = recordingReporter();
  const count = { byName: 0, notAsNamed: 0 };
  const waiting: string[] = [];
  const listening = (store: BlobStore): BlobStore => ({
    ...store,
    takeNamed: (file, done, failed) => {
      waiting.push(Buffer.from(file.name).toString());
      store.takeNamed?.(
        file,
        (taken) => {
          waiting.splice(waiting.indexOf(Buffer.from(file.name).toString()), 1);
          if (taken.isAsNamed) count.byName += 1;
          else count.notAsNamed += 1;
          disturb(waiting);
          done(taken);
        },
        failed,
      );
    },
  });
  const { value, evidence } = await createLive().withStillView(
    await examineFolder(root),
    { longestStallMs: 250 },
    { signal, report },
    (view) =>
      withWriter(repository, (writer) =>
        capture(view, listening(use(blobStoreFor(repository, writer))), {
          ...{ signal, report, parentTree: null, parentFlushedAtNs: null },
        }),
      ),
  );
  await assertHealthy(repository);
  const { torn, files: total, directories, others, bytes } = value.totals;
  const tornNames = torn.map(({ path }) => path.slice(path.lastIndexOf('/') + 1));
  const mixed: string[] = [];
  const visit = async (tree: BlobId): Promise<void> => {
    for (const node of (await repository.loadTree(tree)).nodes as readonly TreeNode[]) {
      const name = node.name.toString();
      if (node.subtree !== undefined) await visit(node.subtree);
      if (node.content === undefined || tornNames.includes(name)) continue;
      const content = Buffer.concat(await Promise.all(node.content.map((id) => repository.loadBlob('data', id))));
      const isOne = content.every((byte) => byte === content[0]);
      if (!isOne || content.length !== bytesEach || node.size !== BigInt(bytesEach)) mixed.push(name);
    }
  };
  await visit(value.rootTree);
  const written = { ...{ files: total, directories, others, bytes, torn }, unreadable: [], vanished: [] };
  return { level: judge(evidence, written).level, ...count, torn: torn.length, mixed };
}

/** Files are written to while others are read, and those that are read next most of all. */
async function takeAmongWriters(turns: number, use: (store: BlobStore) => BlobStore): Promise<readonly Taken[]> {
  return withLoopFilesystem({ type: 'ext4', sizeMiB: 256 }, async (mountPoint) => {
    const root = join(mountPoint, 'source');
    mkdirSync(root);
    const versions = new Versions(root);
    const taken: Taken[] = [];
    for (let turn = 0; turn < turns; turn += 1) {
      await delay(restMs);
      taken.push(await takeOnce(root, (waiting) => void waiting.slice(0, 3).map((name) => versions.write(name)), use));
      await versions.done();
      if (taken.at(-1)?.mixed.length !== 0) break;
    }
    return taken;
  });
}

describe.skipIf(missing !== undefined)(missing ?? 'live, its files opened by their names on threads', () => {
  it('calls the tree quiet where nobody writes, and has read all of it by name', async () => {
    await withLoopFilesystem({ type: 'ext4', sizeMiB: 256 }, async (mountPoint) => {
      const root = join(mountPoint, 'source');
      mkdirSync(root);
      new Versions(root);
      await delay(restMs);
      const taken = await takeOnce(
        root,
        () => {},
        (store) => store,
      );
      expect(taken).toEqual({ level: 'observed-static', byName: files, notAsNamed: 0, torn: 0, mixed: [] });
    });
  });

  it('never calls whole what is of two versions, whoever writes while it is read', async () => {
    const taken = await takeAmongWriters(4, (store) => store);
    expect(taken).toHaveLength(4);
    for (const each of taken) {
      expect(each.mixed).toEqual([]);
      expect(each.level).toBe('per-file');
    }
    // Else nothing was tried.
    expect(taken.some(({ notAsNamed }) => notAsNamed > 0)).toBe(true);
    expect(taken.some(({ byName }) => byName > 0)).toBe(true);
  });

  it('would without the look afterwards: it is what keeps them apart', async () => {
    const taken = await takeAmongWriters(20, believing);
    expect(taken.at(-1)?.mixed.length).toBeGreaterThan(0);
  });
});
