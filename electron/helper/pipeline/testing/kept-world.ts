import { runIdSchema, type SnapshotId, sourceIdSchema } from '../../../../shared/domain/ids.ts';
import { type KeepRules, keepEverything } from '../../../../shared/domain/keep/rules.ts';
import type { RunEvent } from '../../../../shared/domain/run.ts';
import { encodeSnapshotTags, type SnapshotTags } from '../../../../shared/domain/snapshot-tags.ts';
import type { Repository, Snapshot, SnapshotFile } from '../../repository/index.ts';
import { SeededRandom } from '../../repository/testing/seeded-random.ts';
import { dir, file, storeSnapshot } from '../../repository/testing/tree-literal.ts';
import type { ForgetJob } from '../forget.ts';
import { RunReporter } from '../run-reporter.ts';

export const author = { hostname: 'desk', username: 'anna', uid: 1000, gid: 1000 };
export const sourceId = sourceIdSchema.parse('photos-1');
export const runId = runIdSchema.parse('f'.repeat(32));
export const signal = new AbortController().signal;
const msPerDay = 86_400_000;
const random = new SeededRandom(99);
let made = 0;

/** A snapshot of ours of so many days ago, with a file of its own. */
export function madeDaysAgo(
  repository: Repository,
  days: number,
  tags: Partial<SnapshotTags> = {},
  fields: Partial<SnapshotFile> = {},
): Promise<Snapshot> {
  made += 1;
  const own = { sourceId: tags.safety ? null : sourceId, level: 'filesystem', safety: false, pinned: false } as const;
  const ours = encodeSnapshotTags({ runId: runIdSchema.parse(made.toString(16).padStart(32, '0')), ...own, ...tags });
  const entries = { [`file-${made}`]: file(random.bytes(40_000)), folder: dir({ same: file('same') }) };
  const timeNs = BigInt(Date.now() - Math.round(days * msPerDay)) * 1_000_000n;
  return storeSnapshot(repository, entries, { timeNs, ...author, tags: ours, ...fields });
}

export function forgetJob(rules: Partial<KeepRules>, undoIds: readonly SnapshotId[] = []): ForgetJob {
  const keep = { ...keepEverything, ...rules };
  return { runId, sourceId, requiredLevel: 'filesystem', author, rules: keep, zone: 'UTC', undoIds: new Set(undoIds) };
}

export function reporting(): { readonly report: RunReporter; readonly events: RunEvent[] } {
  const events: RunEvent[] = [];
  const start = {
    runId,
    kind: 'forget',
    sourceId,
    repositoryId: null,
    askedAt: '2026-01-01T00:00:00Z',
    title: '',
  } as const;
  return { report: new RunReporter(start, (event) => events.push(event)), events };
}

export async function idsIn(repository: Repository): Promise<string[]> {
  return (await repository.snapshots.list()).snapshots.map(({ id }) => id).sort();
}

export const idsOf = (...snapshots: readonly Snapshot[]): string[] => snapshots.map(({ id }) => id).sort();
