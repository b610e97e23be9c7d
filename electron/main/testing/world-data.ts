import type { Evidence } from '../../../shared/domain/evidence.ts';
import type { RepositoryId, RunId, SnapshotId, SourceId } from '../../../shared/domain/ids.ts';
import { defaultPolicy } from '../../../shared/domain/policy.ts';
import type { RepositoryStatus } from '../../../shared/domain/repository.ts';
import type { SnapshotSummary, TreeEntry } from '../../../shared/domain/snapshot.ts';
import { type Source, specPaths } from '../../../shared/domain/source.ts';
import { msToInstant } from '../../../shared/domain/time.ts';

export const repositoryId = 'a1'.repeat(32) as RepositoryId;
export const photosId = 'photos-1' as SourceId;
export const documentsId = 'documents-1' as SourceId;
export const worldPassword = 'still point';

export const snapshotId = (n: number): SnapshotId => n.toString(16).padStart(64, '5') as SnapshotId;
export const runId = (n: number): RunId => n.toString(16).padStart(32, '7') as RunId;

export const repository: RepositoryStatus = {
  id: repositoryId,
  name: 'Backup disk',
  location: { kind: 'local', path: '/media/backup/repository' },
  ownerUid: 1000,
  keyIds: [],
  state: 'ready',
  freeBytes: 410 * 1024 ** 3,
  totalBytes: 931 * 1024 ** 3,
  sameDiskSources: [],
  mountPoint: '/media/backup',
  removable: true,
  network: false,
};

export const sources: readonly Source[] = [
  source(photosId, 'Photos', '/home/user/Photos'),
  source(documentsId, 'Documents', '/home/user/Documents'),
];

function source(id: SourceId, name: string, path: string): Source {
  return {
    id,
    name,
    spec: { kind: 'filesystem', path, excludes: [], excludePresets: [], ignoreLines: [] },
    policy: defaultPolicy(repositoryId, 'filesystem'),
    ownerUid: 1000,
  };
}

/** The snapshot that run number n of a source makes at a time. */
export function snapshotOf(source: Source, n: number, timeMs: number): SnapshotSummary {
  return {
    id: snapshotId(n),
    repositoryId: source.policy.repositoryId,
    runId: runId(n),
    sourceId: source.id,
    sourceName: source.name,
    time: msToInstant(timeMs),
    askedAt: msToInstant(timeMs - 2_000),
    level: 'filesystem',
    method: 'precopy-freeze',
    stallMs: 11.8,
    kind: 'backup',
    hostname: 'desk',
    username: 'user',
    paths: specPaths(source.spec),
    tags: ['stillpoint:1'],
    pinned: false,
    files: files(source).length,
    bytes: 1_100_000_000,
    newBytes: 14_100_000,
  };
}

export function evidenceOf(snapshot: SnapshotSummary): Evidence | null {
  if (snapshot.runId === null || snapshot.kind === 'foreign') return null;
  const at = (ms: number): string => msToInstant(Date.parse(snapshot.time) + ms);
  return {
    version: 1,
    runId: snapshot.runId,
    sourceId: snapshot.sourceId,
    sourceName: snapshot.sourceName,
    sourceKind: 'filesystem',
    sourceLocation: snapshot.paths[0] ?? '/',
    method: 'precopy-freeze',
    level: 'filesystem',
    levelReason: 'Everything was read while the filesystem was frozen, with everything flushed.',
    whyNotStronger: ['No application was asked.'],
    askedAt: at(-2_000),
    stillPoint: snapshot.time,
    tracking: null,
    probe: null,
    hooks: [],
    hold: {
      requestedAt: at(0),
      frozenAt: at(2),
      thawRequestedAt: at(11),
      thawedAt: at(12),
      stallMs: 11.8,
      leaseMs: 1_000,
      thawCause: 'command',
      thawConfirmed: true,
      readInside: true,
      filesInside: 3,
      bytesInside: 12_000,
    },
    observation: null,
    agreement: null,
    atomic: null,
    flushedAt: at(-50),
    files: {
      files: snapshot.files ?? 0,
      directories: 1,
      others: 0,
      bytes: snapshot.bytes ?? 0,
      rereadTotal: 0,
      torn: [],
      tornTotal: 0,
      unreadable: [],
      unreadableTotal: 0,
    },
    leftOut: [],
    leftOutTotal: 0,
    attempts: 1,
    machine: { hostname: 'desk', kernel: '6.12', filesystem: 'ext4', mountPoint: '/home', device: '/dev/sda2' },
    detail: {},
  };
}

export interface WorldFile {
  readonly path: string;
  readonly content: string;
}

export function files(source: Source): WorldFile[] {
  return specPaths(source.spec).flatMap((path) =>
    ['letter.txt', 'plan.md', 'тест.txt'].map((name) => ({
      path: `${path}/${name}`,
      content: `${name} of ${source.name}\n`,
    })),
  );
}

export function entry(name: string, type: TreeEntry['type'], size: number): TreeEntry {
  return { name, type, size, modifiedAt: '2025-11-19T08:00:00Z', mode: 0o644, uid: 1000, gid: 1000 };
}
