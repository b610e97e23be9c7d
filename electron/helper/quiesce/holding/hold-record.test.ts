import { describe, expect, it } from 'vitest';
import { holdSchema } from '../../../../shared/domain/evidence.ts';
import { holdRecord } from './hold-record.ts';

const wall = 1_763_604_003_000_000_000n;
const moment = (ms: number) => ({ monotonicNs: BigInt(ms) * 1_000_000n, wallNs: wall + BigInt(ms) * 1_000_000n });
const times = {
  stall: { from: moment(1000), to: moment(1050) },
  frozen: { from: moment(1010), to: moment(1045) },
};
const reading = (from: number, to: number) => ({
  startedNs: moment(from).monotonicNs,
  finishedNs: moment(to).monotonicNs,
});
const copy = { files: 3, bytes: 4096 };

describe('holdRecord', () => {
  it('counts the stall from before the freeze to after the thaw', () => {
    const hold = holdRecord(times, 'command', 250, reading(1011, 1044), copy);
    expect(holdSchema.parse(hold)).toEqual({
      requestedAt: '2025-11-20T02:00:04.000000000Z',
      frozenAt: '2025-11-20T02:00:04.010000000Z',
      thawRequestedAt: '2025-11-20T02:00:04.045000000Z',
      thawedAt: '2025-11-20T02:00:04.050000000Z',
      stallMs: 50,
      leaseMs: 250,
      thawCause: 'command',
      thawConfirmed: true,
      readInside: true,
      filesInside: 3,
      bytesInside: 4096,
    });
  });

  it.each([
    ['before the freeze was in force', reading(1009, 1044)],
    ['after the thaw was begun', reading(1011, 1046)],
  ])('does not call reading inside that was done %s', (_when, when) => {
    expect(holdRecord(times, 'command', 250, when, copy).readInside).toBe(false);
  });

  it('does not pass off anybody else’s thaw as ours', () => {
    expect(holdRecord(times, 'deadline', 250, reading(1011, 1044), copy).thawCause).toBe('deadline');
    expect(holdRecord(times, 'witness', 250, reading(1011, 1044), copy).thawCause).toBe('other');
  });
});
