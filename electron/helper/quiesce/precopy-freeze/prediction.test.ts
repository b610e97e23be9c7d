import { describe, expect, it } from 'vitest';
import { isStillpointError } from '../../../../shared/errors/index.ts';
import { type DeltaLimits, type ExpectedDelta, expectedDeltaMs, requireFits } from './prediction.ts';

const mib = 1024 ** 2;
const limits: DeltaLimits = { memoryBytes: 64 * mib, timeMs: 200, openFiles: 500 };
const file = (path: string, bytes: number) => ({ path, bytes });

function refusal(delta: ExpectedDelta, over: Partial<DeltaLimits> = {}): string {
  try {
    requireFits(delta, { ...limits, ...over });
  } catch (error) {
    if (isStillpointError(error, 'freeze-refused') && error.retryable) return error.message;
    throw error;
  }
  throw new Error('it was not refused');
}

describe('what is expected inside a hold', () => {
  it('passes where it fits', () => {
    requireFits({ looks: 100, files: [file('/a', mib), file('/b', 2 * mib)] }, limits);
    requireFits({ looks: 0, files: [] }, limits);
  });

  it('names the files that are too large for memory, the heaviest first', () => {
    const files = [file('/small', 10), file('/image', 3 * 1024 * mib), file('/db', 20 * mib), file('/log', 5 * mib)];
    expect(refusal({ looks: 0, files })).toBe(
      '3.0 GiB would have to be read while writers wait; at most 64 MiB are kept in memory. ' +
        'What changes too often or is too large: /image (3.0 GiB), /db (20 MiB), /log (5 MiB) and 1 more.',
    );
  });

  it('names what would take too long', () => {
    const delta = { looks: 20_000, files: [file('/table', 40 * mib)] };
    expect(expectedDeltaMs(delta)).toBeGreaterThan(500);
    expect(refusal(delta)).toMatch(
      /^Taking what keeps changing would make writers wait \d+ ms; 200 ms are left for it\./,
    );
    expect(refusal(delta)).toContain('/table (40 MiB)');
    requireFits(delta, { ...limits, timeMs: 600 });
  });

  it('counts every entry of a folder that would be listed, and names the largest', () => {
    const folders = [
      { path: '/mail', entries: 150_000 },
      { path: '/small', entries: 3 },
    ];
    expect(expectedDeltaMs({ looks: 0, files: [], folders })).toBeGreaterThan(500);
    expect(refusal({ looks: 0, files: [], folders })).toContain('/mail (150000 entries)');
    requireFits({ looks: 0, files: [], folders: [{ path: '/small', entries: 3 }] }, limits);
  });

  it('counts what can be open at once', () => {
    const files = Array.from({ length: 501 }, (_, index) => file(`/f${index}`, 1));
    expect(refusal({ looks: 0, files })).toContain('501 files keep changing; at most 500 can be open at once.');
  });
});
