import { describe, expect, it } from 'vitest';
import { leastSpareBytes, mostSpareBytes, spareMemoryBytes } from './spare-memory.ts';

const gib = 1024 ** 3;
const meminfo = (availableBytes: number): string =>
  `MemTotal:       99999999 kB\nMemFree:           12345 kB\nMemAvailable:   ${availableBytes / 1024} kB\nBuffers:  1 kB\n`;

describe('memory for what is read while writers wait', () => {
  it('is an eighth of what is available', () => {
    expect(spareMemoryBytes(meminfo(2 * gib))).toBe(gib / 4);
  });

  it('is never less than what a hold needs, nor more than can be copied in time', () => {
    expect(spareMemoryBytes(meminfo(gib / 8))).toBe(leastSpareBytes);
    expect(spareMemoryBytes('nothing that is known')).toBe(leastSpareBytes);
    expect(spareMemoryBytes(meminfo(64 * gib))).toBe(mostSpareBytes);
  });

  it('is told by this machine, too', () => {
    expect(spareMemoryBytes()).toBeGreaterThanOrEqual(leastSpareBytes);
    expect(spareMemoryBytes()).toBeLessThanOrEqual(mostSpareBytes);
  });
});
