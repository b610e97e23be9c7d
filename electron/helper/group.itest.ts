import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { evidenceSchema } from '../../shared/domain/evidence.ts';
import { repositoryIdSchema, runIdSchema, sourceIdSchema } from '../../shared/domain/ids.ts';
import { defaultPolicy } from '../../shared/domain/policy.ts';
import { filesystemSpec } from '../../shared/domain/source.ts';
import { type BackupStages, backup } from './pipeline/backup.ts';
import { PublishedTrees } from './pipeline/published-trees.ts';
import { readEvidence } from './pipeline/read-evidence.ts';
import { RunReporter } from './pipeline/run-reporter.ts';
import type { QuiesceMethod } from './quiesce/contract.ts';
import { createGroupLive, createGroupPrecopy } from './quiesce/group/index.ts';
import { createJournal, createLive, createTrackers } from './quiesce/index.ts';
import { examineFolder } from './quiesce/testing/examine-folder.ts';
import { freezeEnvironment } from './quiesce/testing/freeze-environment.ts';
import { assertHealthy } from './repository/testing/assert-healthy.ts';
import { memoryRepository } from './repository/testing/memory-repository.ts';
import { groupFacts } from './sources/group/group-facts.ts';
import { type LoopFilesystem, openLoopFilesystem, whyNoLoopFilesystem } from './system/testing/loop-filesystem.ts';

const missing = whyNoLoopFilesystem('ext4');

describe.skipIf(missing !== undefined)(missing ?? 'a backup of a group', () => {
  const cleanUps: (() => Promise<unknown>)[] = [];
  afterEach(async () => {
    for (const cleanUp of cleanUps.splice(0).toReversed()) await cleanUp();
  });

  async function scene(methods: (environment: ReturnType<typeof freezeEnvironment>) => QuiesceMethod<never>[]) {
    const filesystems: LoopFilesystem[] = [];
    for (let count = 0; count < 2; count += 1) {
      const filesystem = await openLoopFilesystem({ type: 'ext4', sizeMiB: 32 });
      cleanUps.push(() => filesystem.close());
      filesystems.push(filesystem);
    }
    const folders = filesystems.map(({ mountPoint }) => join(mountPoint, 'source'));
    for (const folder of folders) {
      mkdirSync(join(folder, 'below'), { recursive: true });
      writeFileSync(join(folder, 'below/file'), `in ${folder}`);
      writeFileSync(join(folder, 'changes'), 'first');
    }
    const journal = createJournal({ trackers: createTrackers() });
    cleanUps.push(async () => journal[Symbol.asyncDispose]());
    const { repository } = await memoryRepository();
    const repositoryId = repositoryIdSchema.parse(repository.id);
    let runs = 0;
    const publishedTrees = new PublishedTrees();
    const run = async (order: readonly string[] = folders) => {
      const runId = runIdSchema.parse((++runs).toString(16).padStart(32, '0'));
      const sourceId = sourceIdSchema.parse('shop-1');
      const start = {
        runId,
        kind: 'backup',
        sourceId,
        repositoryId,
        askedAt: '2026-06-05T12:00:00Z',
        title: '',
      } as const;
      const stages: BackupStages = {
        examine: async () => groupFacts(await Promise.all(order.map((folder) => examineFolder(folder)))),
        methodsFor: () => methods(freezeEnvironment({ journal })) as unknown as QuiesceMethod[],
        ...{ kernel: '6.18', version: '0.0.0', publishedTrees },
        author: { hostname: 'desk', username: 'anna', uid: 1000, gid: 1000 },
      };
      const policy = { ...defaultPolicy(repositoryId, 'filesystem'), longestStallMs: 3000 };
      const job = {
        ...start,
        sourceName: 'Shop',
        spec: filesystemSpec(folders[0] ?? ''),
        policy,
        trigger: 'person' as const,
      };
      const result = await backup(
        job,
        repository,
        stages,
        new RunReporter(start, () => {}),
        new AbortController().signal,
      );
      const snapshot = (await repository.snapshots.list()).snapshots.find(({ id }) => id === result.snapshotId);
      if (snapshot === undefined) throw new Error(result.summary);
      const evidence = evidenceSchema.parse(await readEvidence(repository, snapshot.tree));
      const files = new Map<string, string>();
      for await (const { path, node } of repository.walk(snapshot.tree)) {
        if (node.type !== 'file') continue;
        const parts = await Promise.all((node.content ?? []).map((id) => repository.loadBlob('data', id)));
        files.set(path, Buffer.concat(parts).toString());
      }
      return { result, snapshot, evidence, files };
    };
    return { folders, repository, run };
  }

  it('is one snapshot of all paths, and the next one counts from it', async () => {
    const { folders, repository, run } = await scene((environment) => [
      createGroupPrecopy(environment) as QuiesceMethod<never>,
    ]);
    const first = await run();
    expect(first.result).toMatchObject({ outcome: 'done', level: 'filesystem', files: 4 });
    expect(first.snapshot.paths).toEqual(folders.toSorted());
    for (const folder of folders) expect(first.files.get(`${folder}/below/file`)).toBe(`in ${folder}`);
    expect(first.evidence.members).toHaveLength(2);
    writeFileSync(join(folders[1] ?? '', 'changes'), 'second');
    const second = await run();
    expect(second.evidence.tracking?.continuedFrom).toBe(first.evidence.detail.checkpoint);
    expect(second.files.get(`${folders[0]}/changes`)).toBe('first');
    expect(second.files.get(`${folders[1]}/changes`)).toBe('second');
    expect(second.files.size).toBe(first.files.size);
    expect(second.result).toMatchObject({ level: 'filesystem', files: 4 });
    // The order in which they are named says nothing; other places are another source's.
    const again = await run(folders.toReversed());
    expect(again.evidence.tracking?.continuedFrom).toBe(second.evidence.detail.checkpoint);
    const other = await run(folders.map((folder) => join(folder, 'below')));
    expect(other.evidence.tracking?.continuedFrom).toBeNull();
    await assertHealthy(repository);
  });

  it('without a hold claims only what was seen of all of them at the same time', async () => {
    const { folders, run } = await scene(() => [createGroupLive(createLive()) as QuiesceMethod<never>]);
    const { result, evidence, files } = await run();
    expect(['observed-static', 'per-file']).toContain(result.level);
    expect(evidence).toMatchObject({ method: 'live', hold: null });
    for (const folder of folders) expect(files.get(`${folder}/below/file`)).toBe(`in ${folder}`);
  });
});
