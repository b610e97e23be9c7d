import { describe, expect, it } from 'vitest';
import { isStillpointError } from '../../../../shared/errors/index.ts';
import {
  type DeltaLimits,
  type ExpectedDelta,
  expectedDeltaMs,
  littleEnoughToRead,
  requireFits,
} from './prediction.ts';

const mib = 1024 ** 2;
const limits: DeltaLimits = { memoryBytes: 64 * mib, timeMs: 200, openFiles: 500 };
const file = (path: string, bytes: number) => ({ path, bytes });

function refusalOf(delta: ExpectedDelta, over: Partial<DeltaLimits> = {}): { message: string; guidance: string } {
  try {
    requireFits(delta, { ...limits, ...over });
  } catch (error) {
    if (isStillpointError(error, 'freeze-refused') && error.retryable)
      return { message: error.message, guidance: error.guidance };
    throw error;
  }
  throw new Error('it was not refused');
}

function refusal(delta: ExpectedDelta, over: Partial<DeltaLimits> = {}): string {
  return refusalOf(delta, over).message;
}

describe('what is expected inside a hold', () => {
  it('passes where it fits', () => {
    requireFits({ looks: 100, files: [file('/a', mib), file('/b', 2 * mib)] }, limits);
    requireFits({ looks: 0, files: [] }, limits);
  });

  it('names the files that are too large for memory, the heaviest first', () => {
    const files = [file('/small', 10), file('/image', 3 * 1024 * mib), file('/db', 20 * mib), file('/log', 5 * mib)];
    expect(refusal({ looks: 0, files })).toBe(
      '3.0 GiB would have to be read while writers wait; there is memory for 64 MiB. ' +
        'What changes too often or is too large: /image (3.0 GiB), /db (20 MiB), /log (5 MiB) and 1 more.',
    );
  });

  it('is limited by time where there is memory for it: a log of 128 MiB that is mapped', () => {
    const delta = { looks: 1, files: [file('/log', 128 * mib)] };
    requireFits(delta, { ...limits, memoryBytes: 256 * mib });
    expect(refusalOf(delta, { memoryBytes: 256 * mib, timeMs: 50 })).toEqual({
      message: expect.stringMatching(/writers wait \d+ ms; 50 ms are left for it\. .*: \/log \(128 MiB\)\.$/),
      guidance: 'Back up at a quieter time or with a longer pause allowed, or leave out what changes all the time.',
    });
  });

  it('says what would make room', () => {
    const delta = { looks: 0, files: [file('/image', 3 * 1024 * mib)] };
    expect(refusalOf(delta).guidance).toBe(
      'Back up at a quieter time or while more memory is free, or leave out what changes all the time.',
    );
    // There is never more.
    expect(refusalOf(delta, { memoryBytes: 512 * mib }).guidance).toBe(
      'Back up at a quieter time, or leave out what changes all the time.',
    );
  });

  it('leaves what takes long to read to copy-before-write, however much memory there is', () => {
    const delta = { looks: 1, files: [file('/image', 128 * mib)] };
    const roomy = { ...limits, memoryBytes: 512 * mib };
    requireFits(delta, roomy);
    expect(refusal(delta, littleEnoughToRead(roomy))).toContain('there is memory for 64 MiB');
    expect(littleEnoughToRead({ ...limits, memoryBytes: mib }).memoryBytes).toBe(mib);
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
