import { describe, expect, it } from 'vitest';
import { observationSchema } from '../../../../shared/domain/evidence.ts';
import { type Look, newObservation, withUnseen } from './observation.ts';
import type { TreeScan } from './sightings.ts';

const start = 1_763_604_003_000_000_000n;

function scan(entries: Readonly<Record<number, number>>, startedNs = start, change: Partial<TreeScan> = {}): TreeScan {
  return {
    startedNs,
    finishedAt: '2025-11-20T02:00:04.000000000Z',
    entries: new Map(Object.entries(entries).map(([key, value]) => [Number(key), value])),
    newestCtimeNs: start - 1_000_000_000n,
    coarsestDoubtNs: null,
    files: 1,
    bytes: 1,
    ...change,
  };
}

const nobody = { suspects: [], gap: '' };
const look = (entries: Readonly<Record<number, number>>, writers: Look['writers'] = nobody): Look => ({
  scan: scan(entries),
  writers,
});

describe('newObservation', () => {
  it('is what the schema of evidence says', () => {
    const observation = newObservation(look({ 1: 1 }), look({ 1: 1 }), true, 40_000_000n);
    expect(observationSchema.parse(observation)).toEqual(observation);
    expect(observation).toMatchObject({
      differences: 0,
      ctimeGranularityMs: 40,
      newestChangeAt: '2025-11-20T02:00:02.000000000Z',
    });
  });

  it.each([
    ['added', { 1: 1 }, { 1: 1, 2: 2 }, 1],
    ['removed', { 1: 1, 2: 2 }, { 1: 1 }, 1],
    ['changed', { 1: 1, 2: 2 }, { 1: 1, 2: 3 }, 1],
    ['replaced by another', { 1: 1 }, { 2: 1 }, 2],
  ] as const)('counts what was %s', (_what, first, last, differences) => {
    expect(newObservation(look(first), look(last), true, 1n).differences).toBe(differences);
  });

  it('keeps suspects and gaps of either look, each suspect once', () => {
    const mapping = { kind: 'writable-mapping', path: '/f', pid: 7 } as const;
    const loop = { kind: 'loop-device', path: '/g' } as const;
    const observation = newObservation(
      look({}, { suspects: [mapping], gap: 'Not everything was seen.' }),
      look({}, { suspects: [mapping, loop], gap: '' }),
      true,
      1n,
    );
    expect(observation).toMatchObject({ suspects: [mapping, loop], suspectsTotal: 2, suspectScanComplete: false });
    expect(observation.suspectScanGap).toBe('Not everything was seen.');
  });

  it('takes the coarsest doubt of the first scan', () => {
    const first = { scan: scan({}, start, { coarsestDoubtNs: 2_000_000_000n }), writers: nobody };
    expect(newObservation(first, look({}), true, 40_000_000n).ctimeGranularityMs).toBe(2000);
  });

  it('has no newest change in an empty tree', () => {
    const first = { scan: scan({}, start, { newestCtimeNs: null }), writers: nobody };
    expect(newObservation(first, look({}), true, 1n).newestChangeAt).toBeNull();
  });
});

describe('files that were called whole where nobody could tell', () => {
  const quiet = newObservation(look({}), look({}), true, 1n);

  it('change nothing where there are none', () => {
    expect(withUnseen(quiet, 0)).toEqual(quiet);
  });

  it('are counted as a gap, beside the one there was', () => {
    const one = withUnseen(quiet, 1);
    expect(one.suspectScanComplete).toBe(false);
    expect(one.suspectScanGap).toMatch(/^For 1 file it could not be told/);
    expect(withUnseen(one, 3).suspectScanGap).toMatch(/^For 1 file .*\. For 3 files it could not be told/);
    expect(observationSchema.parse(one)).toEqual(one);
  });
});
