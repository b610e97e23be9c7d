import { describe, expect, it } from 'vitest';
import type { LineLimits } from '../../../../shared/domain/line-limits.ts';
import { lineBuckets } from './line-rates.ts';

const kib = 1024;

/** A monotonic and a wall clock that only waiting moves. 20 November 2026 is a Friday. */
function clockAt(text: string) {
  const startMs = Date.parse(text);
  let now = 0;
  return {
    nowMs: () => now,
    wallMs: () => startMs + now,
    zone: () => 'UTC',
    sleep: async (ms: number) => {
      now += ms;
    },
  };
}

const office = { days: ['mon', 'tue', 'wed', 'thu', 'fri'], from: '08:00', to: '18:00' } as const;
const duringOffice = (bytesPerSecond: number): LineLimits => [
  { direction: 'upload', bytesPerSecond, window: { ...office, days: [...office.days] } },
];

describe('what may pass on a line', () => {
  it('is as much as the limit of the hour, and all of it outside', async () => {
    const clock = clockAt('2026-11-20T17:00:00Z');
    const { upload, download } = lineBuckets(() => duringOffice(100 * kib), clock);
    for (let piece = 0; piece < 60; piece += 1) await upload.take(100 * kib);
    expect(clock.nowMs()).toBeGreaterThan(57_000);
    expect(clock.nowMs()).toBeLessThan(60_000);
    const before = clock.nowMs();
    for (let piece = 0; piece < 60; piece += 1) await download.take(100 * kib);
    expect(clock.nowMs()).toBe(before);
  });

  it('changes at the minute, while somebody waits', async () => {
    const clock = clockAt('2026-11-20T17:59:50Z');
    const { upload } = lineBuckets(() => duringOffice(8 * kib), clock);
    // Half an hour of the limit; ten seconds are left of it.
    await upload.take(8 * kib * 1_800);
    await upload.take(8 * kib * 1_800);
    expect(clock.nowMs()).toBeGreaterThan(9_000);
    expect(clock.nowMs()).toBeLessThan(12_000);
  });

  it('begins to be limited at the minute as well', async () => {
    const clock = clockAt('2026-11-20T07:59:59Z');
    const { upload } = lineBuckets(() => duringOffice(8 * kib), clock);
    await upload.take(10_000 * kib);
    expect(clock.nowMs()).toBe(0);
    await clock.sleep(2_000);
    await upload.take(80 * kib);
    await upload.take(1);
    expect(clock.nowMs()).toBeGreaterThan(10_000);
  });

  it('changes with what is set, while somebody waits', async () => {
    const clock = clockAt('2026-11-20T12:00:00Z');
    let limits = duringOffice(8 * kib);
    const impatient = {
      ...clock,
      sleep: async (ms: number) => {
        await clock.sleep(ms);
        if (clock.nowMs() > 5_000) limits = [];
      },
    };
    const { upload } = lineBuckets(() => limits, impatient);
    await upload.take(8_000 * kib);
    await upload.take(8_000 * kib);
    expect(clock.nowMs()).toBeGreaterThan(5_000);
    expect(clock.nowMs()).toBeLessThan(8_000);
  });
});
