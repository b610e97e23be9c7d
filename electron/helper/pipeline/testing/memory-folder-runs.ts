import { repositoryIdSchema, runIdSchema, sourceIdSchema } from '../../../../shared/domain/ids.ts';
import { defaultPolicy, type Policy } from '../../../../shared/domain/policy.ts';
import type { RunEvent } from '../../../../shared/domain/run.ts';
import type { QuiesceMethod } from '../../quiesce/contract.ts';
import type { Repository } from '../../repository/index.ts';
import type { MemoryFolder } from '../../sources/testing/memory-folder.ts';
import {
  type FolderBackupOptions,
  type MemoryFolderFacts,
  memoryFolderFacts,
  memoryFolderPrecopy,
} from '../../sources/testing/memory-folder-source.ts';
import { backup } from '../backup.ts';
import { PublishedTrees } from '../published-trees.ts';
import { RunReporter } from '../run-reporter.ts';

let runs = 0;

/** Runs of one helper that back up a folder again and again into one repository; each tells what it read. */
export function memoryFolderRuns(
  repository: Repository,
  folder: MemoryFolder,
  options: FolderBackupOptions = {},
  policy: Partial<Policy> = {},
) {
  const read: string[] = [];
  const events: RunEvent[] = [];
  const usual = memoryFolderPrecopy({ onRead: (path) => read.push(path), ...options });
  const publishedTrees = new PublishedTrees();
  const run = async (...methods: readonly QuiesceMethod<MemoryFolderFacts>[]) => {
    read.length = 0;
    runs += 1;
    const runId = runIdSchema.parse(runs.toString(16).padStart(32, '0'));
    const sourceId = sourceIdSchema.parse('made-up-2');
    const repositoryId = repositoryIdSchema.parse(repository.id);
    const askedAt = '2026-11-20T02:00:00Z';
    const start = { runId, kind: 'backup', sourceId, repositoryId, askedAt, title: 'Made up' } as const;
    const job = {
      ...start,
      sourceName: 'Made up',
      spec: { kind: 'filesystem' as const, path: '/made-up', excludes: [], excludePresets: [], ignoreLines: [] },
      policy: { ...defaultPolicy(repositoryId, 'filesystem'), ...policy },
      trigger: 'person' as const,
    };
    const stages = {
      examine: async () => memoryFolderFacts(folder),
      methodsFor: () => (methods.length > 0 ? methods : [usual]) as unknown as readonly QuiesceMethod[],
      ...{ kernel: '6.18', version: '0.0.0', publishedTrees },
      author: { hostname: 'desk', username: 'anna', uid: 1000, gid: 1000 },
    };
    const reporter = new RunReporter(start, (event) => events.push(event));
    const result = await backup(job, repository, stages, reporter, new AbortController().signal);
    return { ...result, read: read.toSorted() };
  };
  return { folder, run, events, usual };
}
