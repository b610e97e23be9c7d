import { describe, expect, it } from 'vitest';
import { earnLevel, type LevelEvidence } from './earn-level.ts';
import type { Hold, Observation } from './evidence.ts';

const files: LevelEvidence['files'] = {
  files: 10,
  directories: 2,
  others: 0,
  bytes: 100,
  rereadTotal: 0,
  torn: [],
  tornTotal: 0,
  unreadable: [],
  unreadableTotal: 0,
};
const hold: Hold = {
  requestedAt: '2026-11-20T02:00:03.000Z',
  frozenAt: '2026-11-20T02:00:03.010Z',
  thawRequestedAt: '2026-11-20T02:00:03.020Z',
  thawedAt: '2026-11-20T02:00:03.021Z',
  stallMs: 21,
  leaseMs: 250,
  thawCause: 'command',
  thawConfirmed: true,
  readInside: true,
  filesInside: 10,
  bytesInside: 100,
};
const observation: Observation = {
  firstScanStartedAt: '2026-11-20T02:00:10.000000000Z',
  firstScanFinishedAt: '2026-11-20T02:00:10.100Z',
  lastScanStartedAt: '2026-11-20T02:00:11.000Z',
  lastScanFinishedAt: '2026-11-20T02:00:11.100Z',
  flushedBeforeFirstScan: true,
  differences: 0,
  newestChangeAt: '2026-11-20T02:00:09.989999999Z',
  ctimeGranularityMs: 10,
  suspectScanComplete: true,
  suspectScanGap: '',
  suspects: [],
  suspectsTotal: 0,
};
const nothing: LevelEvidence = { hold: null, observation: null, agreement: null, atomic: null, files };

function level(evidence: Partial<LevelEvidence>) {
  return earnLevel({ ...nothing, ...evidence }).level;
}

describe('earnLevel', () => {
  it('gives the level its evidence earns when all of it is there', () => {
    expect(level({ agreement: { application: 'Tarantool', position: '{1: 42}', confirmed: true } })).toBe(
      'application',
    );
    expect(level({ hold })).toBe('filesystem');
    expect(level({ atomic: { kind: 'btrfs', flushed: true, oraclesPassed: true } })).toBe('filesystem');
    expect(level({ atomic: { kind: 'lvm', flushed: true, oraclesPassed: false } })).toBe('crash');
    expect(level({ observation })).toBe('observed-static');
    expect(level({})).toBe('per-file');
  });

  it.each<[string, Partial<Hold>]>([
    ['the lease ran out', { thawCause: 'deadline' }],
    ['the helper was gone', { thawCause: 'end-of-file' }],
    ['somebody else thawed', { thawCause: 'other' }],
    ['the thaw found it thawed', { thawConfirmed: false }],
    ['something was read outside', { readInside: false }],
  ])('never calls it held when %s', (_, change) => {
    expect(level({ hold: { ...hold, ...change } })).toBe('per-file');
  });

  it.each<[string, Partial<Observation>]>([
    ['the scans differ', { differences: 1 }],
    ['a mapping could hide a write', { suspectsTotal: 1 }],
    ['not everything was looked at', { suspectScanComplete: false }],
    ['nothing was flushed first', { flushedBeforeFirstScan: false }],
    ['the newest change is within the clock tick of the first scan', { newestChangeAt: '2026-11-20T02:00:09.990Z' }],
    ['the newest change is after the first scan', { newestChangeAt: '2026-11-20T02:00:10.500Z' }],
  ])('does not call it static when %s', (_, change) => {
    expect(level({ observation: { ...observation, ...change } })).toBe('per-file');
  });

  it('is torn whatever else was shown, when a file changed while it was read', () => {
    const torn = { ...files, tornTotal: 1, torn: [{ path: '/a', reason: 'kept growing' }] };
    expect(level({ files: torn, hold })).toBe('torn');
    expect(level({ files: torn, observation })).toBe('torn');
  });

  it('counts an application that did not confirm as none', () => {
    expect(level({ agreement: { application: 'x', position: '1', confirmed: false }, hold })).toBe('filesystem');
  });
});
