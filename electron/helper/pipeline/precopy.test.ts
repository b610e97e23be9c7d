import { describe, expect, it } from 'vitest';
import { earnLevel } from '../../../shared/domain/earn-level.ts';
import { evidenceSchema } from '../../../shared/domain/evidence.ts';
import type { Policy } from '../../../shared/domain/policy.ts';
import type { QuiesceContext, QuiesceMethod } from '../quiesce/contract.ts';
import type { Repository } from '../repository/index.ts';
import { assertHealthy } from '../repository/testing/assert-healthy.ts';
import { memoryRepository } from '../repository/testing/memory-repository.ts';
import { SeededRandom } from '../repository/testing/seeded-random.ts';
import { MemoryFolder } from '../sources/testing/memory-folder.ts';
import {
  type FolderBackupOptions,
  type MemoryFolderFacts,
  memoryFolderPrecopy,
} from '../sources/testing/memory-folder-source.ts';
import { readEvidence } from './read-evidence.ts';
import { memoryFolderRuns } from './testing/memory-folder-runs.ts';

const noise = new SeededRandom(5);

function filled(): MemoryFolder {
  const folder = new MemoryFolder();
  for (const path of ['a', 'b/one', 'b/two', 'b/deep/three', 'c/four']) folder.write(path, noise.bytes(20_000));
  return folder;
}

/** A folder backed up again and again into one repository; what was read of it, by run. */
async function setUp(folder = filled(), options: FolderBackupOptions = {}, policy: Partial<Policy> = {}) {
  const { repository, backend } = await memoryRepository();
  return { repository, backend, ...memoryFolderRuns(repository, folder, options, policy) };
}

async function stored(repository: Repository): Promise<Map<string, Buffer>> {
  const files = new Map<string, Buffer>();
  const tree = (await repository.snapshots.list()).snapshots.at(-1)?.tree ?? ('' as never);
  for await (const { path, node } of repository.walk(tree)) {
    if (node.type !== 'file' || !path.startsWith('/made-up/folder/')) continue;
    const parts = await Promise.all((node.content ?? []).map((id) => repository.loadBlob('data', id)));
    files.set(path.slice('/made-up/folder/'.length), Buffer.concat(parts));
  }
  return files;
}

async function expectStored(repository: Repository, folder: MemoryFolder): Promise<void> {
  const files = await stored(repository);
  expect([...files.keys()].sort()).toEqual([...folder.paths].sort());
  for (const [path, content] of files) expect(content.equals(folder.read(path)), path).toBe(true);
  await assertHealthy(repository);
}

async function evidenceOf(repository: Repository) {
  const [snapshot] = (await repository.snapshots.list()).snapshots.slice(-1);
  return evidenceSchema.parse(await readEvidence(repository, snapshot?.tree ?? ('' as never)));
}

describe('a run that stores ahead', () => {
  it('reads everything once, then only what changed, and the snapshot is the folder each time', async () => {
    const { folder, repository, run } = await setUp();
    expect((await run()).read).toEqual([...folder.paths].sort());
    await expectStored(repository, folder);
    folder.write('b/deep/three', 'new');
    folder.write('d/five', 'five');
    const second = await run();
    expect(second).toMatchObject({ read: ['b/deep/three', 'd/five'], level: 'filesystem', files: 6 });
    await expectStored(repository, folder);
    const evidence = await evidenceOf(repository);
    expect(earnLevel(evidence)).toEqual({ level: evidence.level, reason: evidence.levelReason });
    expect(evidence.tracking?.continuedFrom).toBe('v1');
  });

  it('reads and stores nothing of a folder without a change but its evidence, and counts all of it', async () => {
    const { folder, repository, run, events } = await setUp();
    const first = await run();
    events.length = 0;
    const second = await run();
    expect(second).toMatchObject({ read: [], files: first.files, bytes: first.bytes, outcome: 'done' });
    expect(second.newBytes).toBeLessThan(4_000);
    await expectStored(repository, folder);
    const { files } = await evidenceOf(repository);
    expect(files).toMatchObject({ files: 5, directories: 4, others: 0, bytes: 100_000 });
  });

  it('takes what changes after it was read inside, and says how much that was', async () => {
    const folder = filled();
    const { repository, run } = await setUp(folder, { beforeHold: () => folder.write('a', 'late') });
    const result = await run();
    expect(result.summary).toMatch(
      /^Held still for [\d.]+ ms: 5 files in the snapshot; 1 was read during the pause\.$/,
    );
    expect((await stored(repository)).get('a')?.toString()).toBe('late');
    await assertHealthy(repository);
  });

  it('shows progress that never exceeds its total and never goes back', async () => {
    const { run, events } = await setUp();
    await run();
    const phases = new Map<string, number>();
    for (const event of events) {
      if (event.type !== 'progress') continue;
      const { bytes, files, totalBytes, totalFiles } = event.progress;
      expect(bytes).toBeLessThanOrEqual(totalBytes ?? bytes);
      expect(files).toBeLessThanOrEqual(totalFiles ?? files);
      expect(bytes).toBeGreaterThanOrEqual(phases.get(event.phase) ?? 0);
      phases.set(event.phase, bytes);
    }
    expect([phases.get('precopy'), phases.get('store')]).toEqual([100_000, 100_000]);
  });

  it('tells the method how fast it may read, and nothing where nothing is said', async () => {
    const seen: (number | undefined)[] = [];
    const onContext = ({ liveBytesPerSecond }: QuiesceContext) => seen.push(liveBytesPerSecond);
    await (await setUp(filled(), { onContext }, { liveReadMiBps: 3 })).run();
    await (await setUp(filled(), { onContext })).run();
    expect(seen).toEqual([3 * 1024 * 1024, undefined]);
  });
});

describe('the version that a run counts from', () => {
  it('is not offered once a part of that snapshot is gone from the repository: all is read again', async () => {
    const { folder, repository, backend, run } = await setUp();
    await run();
    const [snapshot] = (await repository.snapshots.list()).snapshots;
    const isData = (key: string): boolean => key.startsWith('index/') || key.startsWith('pack/');
    for (const key of [...backend.files.keys()].filter(isData)) backend.files.delete(key);
    await expect(run()).rejects.toMatchObject({ kind: 'repository-damaged' });
    backend.files.delete(`snapshot/${snapshot?.id}`);
    expect((await run()).read).toEqual([...folder.paths].sort());
    await expectStored(repository, folder);
  });

  it('is not offered when a file of that snapshot was torn', async () => {
    const { folder, repository, run } = await setUp();
    folder.growing.add('b/one');
    expect(await run()).toMatchObject({ level: 'torn', outcome: 'warnings' });
    folder.growing.clear();
    expect(await run()).toMatchObject({ level: 'filesystem', read: [...folder.paths].sort() });
    await expectStored(repository, folder);
  });

  it('is not that of a run that failed after its hold', async () => {
    const { folder, repository, run, usual } = await setUp();
    await run();
    folder.write('a', 'changed');
    const failing: QuiesceMethod<MemoryFolderFacts> = {
      ...usual,
      withStillView: (facts, lease, context, use) =>
        usual.withStillView(facts, lease, context, async (view) => {
          await use(view);
          throw new Error('the power went out');
        }),
    };
    await expect(run(failing)).rejects.toThrow('power');
    expect((await run()).read).toEqual([...folder.paths].sort());
    await expectStored(repository, folder);
  });

  it('does not make a wrong snapshot of a method that vouches for what is not there: the next one reads', async () => {
    const { folder, repository, run, usual } = await setUp();
    await run();
    folder.write('new', 'never stored');
    const lying = memoryFolderPrecopy({ lies: true });
    const lieAboutFiles: QuiesceMethod<MemoryFolderFacts> = {
      ...lying,
      withStillView: (facts, lease, context, use) =>
        lying.withStillView(facts, lease, context, (view) => {
          const { sameAs: _, ...root } = view.root;
          const children = async function* () {
            for await (const child of view.root.children?.() ?? []) yield { ...child, content: null };
          };
          return use({ ...view, root: { ...root, children } });
        }),
    };
    expect((await run(lieAboutFiles, usual)).read).toEqual([...folder.paths].sort());
    await expectStored(repository, folder);
    expect((await evidenceOf(repository)).attempts).toBe(2);
  });
});

describe('a hold that ended early', () => {
  it('leaves what was stored ahead to the next method, which stores none of it again', async () => {
    const folder = filled();
    const early = memoryFolderPrecopy({
      whileHeld: () => {
        folder.isHeld = false;
      },
    });
    const { repository, run, usual } = await setUp(folder);
    const result = await run(early, usual);
    expect(result.level).toBe('filesystem');
    expect(result.newBytes).toBeLessThan(1.2 * 100_000);
    const evidence = await evidenceOf(repository);
    expect([evidence.attempts, evidence.whyNotStronger.length]).toEqual([2, 1]);
    await expectStored(repository, folder);
  });
});
