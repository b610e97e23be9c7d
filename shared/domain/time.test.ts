import { describe, expect, it } from 'vitest';
import { instantSchema, instantToMs, instantToNs, msToInstant, nsToInstant } from './time.ts';

describe('instants', () => {
  it('keeps nanoseconds both ways', () => {
    for (const ns of [0n, 1n, 1_763_604_003_412_000_123n, 4_102_444_800_999_999_999n]) {
      expect(instantToNs(nsToInstant(ns))).toBe(ns);
    }
  });

  it('reads every precision a peer may write', () => {
    expect(instantToNs('1970-01-01T00:00:01Z')).toBe(1_000_000_000n);
    expect(instantToNs('1970-01-01T00:00:01.5Z')).toBe(1_500_000_000n);
    expect(instantToMs('1970-01-01T00:00:01.123456789Z')).toBe(1123);
  });

  it('writes what its own schema accepts', () => {
    expect(instantSchema.parse(msToInstant(1123))).toBe('1970-01-01T00:00:01.123Z');
    expect(() => instantSchema.parse(nsToInstant(1_763_604_003_412_000_123n))).not.toThrow();
  });

  it('refuses what is no instant', () => {
    expect(() => instantToNs('yesterday')).toThrow(RangeError);
  });
});
