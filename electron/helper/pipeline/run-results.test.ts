import { describe, expect, it } from 'vitest';
import {
  type Evidence,
  evidenceVersion,
  type Hold,
  maxListedPaths,
  type Tracking,
} from '../../../shared/domain/evidence.ts';
import { repositoryIdSchema, runIdSchema, snapshotIdSchema, sourceIdSchema } from '../../../shared/domain/ids.ts';
import { defaultPolicy } from '../../../shared/domain/policy.ts';
import { backupResult } from './run-results.ts';

const at = '2026-11-20T02:00:00Z';
const runId = runIdSchema.parse('1'.repeat(32));
const sourceId = sourceIdSchema.parse('photos');
const snapshotId = snapshotIdSchema.parse('a'.repeat(64));
const repositoryId = repositoryIdSchema.parse('b'.repeat(64));

const hold: Hold = {
  ...{ requestedAt: at, frozenAt: at, thawRequestedAt: at, thawedAt: at, stallMs: 11.84, leaseMs: 250 },
  ...{ thawCause: 'command', thawConfirmed: true, readInside: true, filesInside: 2, bytesInside: 2 },
};
const files: Evidence['files'] = {
  ...{ files: 2, directories: 1, others: 0, bytes: 2, rereadTotal: 0 },
  ...{ torn: [], tornTotal: 0, unreadable: [], unreadableTotal: 0 },
};
const evidence: Evidence = {
  ...{ version: evidenceVersion, runId, sourceId, sourceName: 'Photos', sourceKind: 'filesystem' },
  ...{ sourceLocation: '/photos', method: 'fsfreeze-copy', level: 'filesystem', levelReason: 'Held.' },
  ...{
    whyNotStronger: [],
    askedAt: at,
    stillPoint: at,
    hold,
    tracking: null,
    probe: null,
    hooks: [],
    observation: null,
    agreement: null,
    atomic: null,
  },
  ...{ flushedAt: at, files, leftOut: [], leftOutTotal: 0, attempts: 1, detail: {} },
  machine: { hostname: 'desk', kernel: '6.18', filesystem: 'ext4', mountPoint: '/photos', device: '/dev/sda1' },
};

function trackingOf(filesInside: number): Tracking {
  return {
    ...{ kind: 'fanotify', startedAt: at, continuedFrom: null, gaps: 0, passes: [], drainedInside: true },
    ...{ foldersInside: 0, filesInside, bytesInside: 0, openForWriting: 0, restatInside: true },
    ...{ writerScanComplete: true, writerScanGap: '', suspects: [], suspectsTotal: 0, suspectsSettled: 0 },
    ...{ hotFiles: 0, retries: [], doubts: [] },
  };
}

function summary(more: Partial<Evidence>): string {
  const policy = defaultPolicy(repositoryId, 'per-file');
  const spec = { kind: 'filesystem' as const, path: '/photos', excludes: [], excludePresets: [], ignoreLines: [] };
  const job = { runId, askedAt: at, sourceId, sourceName: 'Photos', spec, policy, trigger: 'person' as const };
  return backupResult(job, snapshotId, { ...evidence, ...more }, 0).summary;
}

describe('the sentence of a backup', () => {
  it('tells the pause', () => {
    expect(summary({})).toBe('Held still for 11.8 ms: 2 files in the snapshot.');
    expect(summary({ files: { ...files, files: 1 } })).toBe('Held still for 11.8 ms: 1 file in the snapshot.');
  });

  it('tells what the pause was used for, where most was read before it', () => {
    const tracking = trackingOf(18);
    expect(summary({ tracking })).toBe(
      'Held still for 11.8 ms: 2 files in the snapshot; 18 were read during the pause.',
    );
    expect(summary({ tracking: trackingOf(1) })).toMatch(/; 1 was read during the pause\.$/);
    expect(summary({ tracking: trackingOf(0) })).toMatch(/; none had to be read during the pause\.$/);
    expect(summary({ tracking, leftOut: [], leftOutTotal: 2 })).toMatch(/the pause\. 2 parts left out\.$/);
    expect(summary({ tracking, level: 'per-file' })).toBe('Files whole, moments mixed: 2 files in the snapshot.');
  });

  it('does not tell a pause that did not hold what is in the snapshot', () => {
    expect(summary({ level: 'per-file', hold: { ...hold, thawCause: 'deadline' } })).toBe(
      'Files whole, moments mixed: 2 files in the snapshot.',
    );
  });

  it('counts all that was left out, not only what is listed', () => {
    const leftOut = Array.from({ length: maxListedPaths }, (_, n) => ({ path: `/photos/${n}`, reason: 'By choice.' }));
    expect(summary({ leftOut, leftOutTotal: 5_000 })).toMatch(/ 5000 parts left out\.$/);
  });
});
