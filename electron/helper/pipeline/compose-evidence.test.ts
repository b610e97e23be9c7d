import { describe, expect, it } from 'vitest';
import { evidenceSchema, maxListedPaths, type Observation, type PathNote } from '../../../shared/domain/evidence.ts';
import { runIdSchema, sourceIdSchema } from '../../../shared/domain/ids.ts';
import { maxFrameBytes } from '../../../shared/helper/frames.ts';
import type { CaptureTotals } from '../capture/contract.ts';
import type { StillEvidence } from '../quiesce/contract.ts';
import { composeEvidence, type EvidenceFacts } from './compose-evidence.ts';

const at = '2026-11-20T02:00:00Z';

const facts: EvidenceFacts = {
  ...{ runId: runIdSchema.parse('1'.repeat(32)), sourceId: sourceIdSchema.parse('photos'), sourceName: 'Photos' },
  ...{ sourceKind: 'filesystem', sourceLocation: '/photos', method: 'live', askedAt: at, whyNotStronger: [] },
  ...{ attempts: 1, hostname: 'desk', kernel: '6.18', unlisted: [] },
};
const observation: Observation = {
  ...{ firstScanStartedAt: at, firstScanFinishedAt: at, lastScanStartedAt: at, lastScanFinishedAt: at },
  ...{ flushedBeforeFirstScan: true, differences: 0, newestChangeAt: at, ctimeGranularityMs: 4 },
  ...{ suspectScanComplete: true, suspectScanGap: '', suspects: [], suspectsTotal: 0 },
};
const still: StillEvidence = {
  ...{ hold: null, observation, agreement: null, atomic: null, flushedAt: at, stillPoint: at },
  ...{ leftOut: [], leftOutTotal: 0, detail: {}, rereadTotal: 0 },
  machine: { filesystem: 'ext4', mountPoint: '/photos', device: '/dev/sda1' },
};
const totals: CaptureTotals = {
  ...{ files: 1, directories: 1, others: 0, bytes: 1, torn: [], tornTotal: 0, unreadable: [], unreadableTotal: 0 },
  ...{ newBytes: 1, reusedFiles: 0 },
};

/** Paths as long as the kernel takes them, of characters that JSON writes as six. */
function notes(count: number): PathNote[] {
  return Array.from({ length: count }, (_, n) => ({ path: `/${'\u0001'.repeat(4000)}${n}`, reason: 'It changed.' }));
}

describe('evidence of a source with a great many long paths', () => {
  const long = notes(5_000);
  const evidence = composeEvidence(
    { ...facts, unlisted: long },
    {
      ...still,
      ...{ leftOut: long, leftOutTotal: 5_001 },
      observation: {
        ...observation,
        suspects: long.map(({ path }) => ({ kind: 'loop-device' as const, path })),
        suspectsTotal: 5_002,
      },
    },
    { ...totals, torn: long, tornTotal: 5_003, unreadable: long, unreadableTotal: 5_004 },
  );

  it('fits into one frame of the protocol, and lists what there is room for', () => {
    expect(Buffer.byteLength(JSON.stringify(evidence))).toBeLessThan(maxFrameBytes * 0.75);
    for (const list of [evidence.files.torn, evidence.files.unreadable, evidence.leftOut])
      expect(list).toEqual(long.slice(0, list.length));
    expect(evidence.files.torn.length).toBeGreaterThan(10);
    expect(evidenceSchema.parse(evidence)).toEqual(evidence);
  });

  it('still counts all of them', () => {
    expect(evidence.files).toMatchObject({ tornTotal: 5_003, unreadableTotal: 10_004 });
    expect(evidence.leftOutTotal).toBe(5_001);
    expect(evidence.observation?.suspectsTotal).toBe(5_002);
    expect(evidence.level).toBe('torn');
  });
});

it('lists short paths up to the count', () => {
  const short = Array.from({ length: 3_000 }, (_, n) => ({ path: `/photos/${n}`, reason: 'By choice.' }));
  expect(composeEvidence(facts, { ...still, leftOut: short, leftOutTotal: 3_000 }, totals).leftOut).toEqual(
    short.slice(0, maxListedPaths),
  );
});
