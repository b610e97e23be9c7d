import { describe, expect, it } from 'vitest';
import { SeededRandom } from '../testing/seeded-random.ts';
import { decodeOffset, decodeTime, earliestTimeNs, encodeTime, latestTimeNs } from './times.ts';

describe('times', () => {
  it.each([
    [0n, '1970-01-01T00:00:00Z'],
    [1n, '1970-01-01T00:00:00.000000001Z'],
    [-1n, '1969-12-31T23:59:59.999999999Z'],
    [1_700_000_000_120_000_000n, '2023-11-14T22:13:20.12Z'],
    [latestTimeNs, '9999-12-31T23:59:59.999999999Z'],
    [earliestTimeNs, '0000-01-01T00:00:00Z'],
  ])('writes %d ns as %s and reads it back', (ns, text) => {
    expect(encodeTime(ns)).toBe(text);
    expect(decodeTime(text, 'It')).toBe(ns);
  });

  it('writes every instant that can be halves of 64 bits as exactly as any other', () => {
    const random = new SeededRandom(64);
    const edges = [
      1n,
      999_999_999n,
      2n ** 32n,
      2n ** 62n,
      4_294_967_295n * 1_000_000_000n + 999_999_999n,
      2n ** 63n - 1n,
    ];
    const seconds = Array.from({ length: 2000 }, () => BigInt(random.int(2 ** 31)) * 2n + BigInt(random.int(2)));
    const around = seconds.flatMap((second) => [-1n, 0n, 1n].map((ns) => second * 1_000_000_000n + ns));
    for (const ns of [...edges, ...edges.map((edge) => edge + 1n), ...around]) {
      const whole = new Date(Number((ns - (((ns % 1_000_000n) + 1_000_000n) % 1_000_000n)) / 1_000_000n)).toISOString();
      expect(decodeTime(encodeTime(ns), 'It')).toBe(ns);
      expect(encodeTime(ns).slice(0, 19)).toBe(whole.slice(0, 19));
    }
  });

  it('reads offsets, and the zero time of Go', () => {
    expect(decodeTime('2015-01-02T18:10:50.895208559+01:00', 'It')).toBe(1_420_218_650_895_208_559n);
    expect(decodeTime('2015-01-02T16:40:50-00:30', 'It')).toBe(1_420_218_650_000_000_000n);
    expect(decodeTime('0001-01-01T00:00:00Z', 'It')).toBe(-62_135_596_800_000_000_000n);
  });

  it.each([
    [60, '2015-01-02T18:10:50.895208559+01:00'],
    [-30, '2015-01-02T16:40:50.895208559-00:30'],
    [345, '2015-01-02T22:55:50.895208559+05:45'],
    [0, '2015-01-02T17:10:50.895208559Z'],
  ])('writes the wall clock %d minutes east of UTC, and tells which it was', (offset, text) => {
    expect(encodeTime(1_420_218_650_895_208_559n, offset)).toBe(text);
    expect(decodeTime(text, 'It')).toBe(1_420_218_650_895_208_559n);
    expect(decodeOffset(text)).toBe(offset);
  });

  it('clamps what the format cannot say', () => {
    expect(encodeTime(latestTimeNs + 1n)).toBe('9999-12-31T23:59:59.999999999Z');
    expect(encodeTime(earliestTimeNs - 1n)).toBe('0000-01-01T00:00:00Z');
  });

  it.each(['', '2015', '2015-13-01T00:00:00Z', '2015-01-01 00:00:00Z', '2015-01-01T00:00:00', 7, null])(
    'refuses %j',
    (value) => {
      expect(() => decodeTime(value, 'It')).toThrow(expect.objectContaining({ kind: 'repository-damaged' }));
    },
  );

  it('brings back what is far away, also where it differs from another time by what 64 bits hold', () => {
    const seconds = [
      1n << 32n,
      (1n << 64n) / 1_000_000_000n,
      -(1n << 64n) / 1_000_000_000n,
      (1n << 65n) / 1_000_000_000n,
    ];
    for (const second of seconds)
      for (const ns of [second * 1_000_000_000n - 1n, second * 1_000_000_000n, (second + 7n) * 1_000_000_000n + 1n])
        expect(decodeTime(encodeTime(ns), 'It')).toBe(ns);
  });

  it('brings any nanosecond back', () => {
    const random = new SeededRandom(2);
    for (let round = 0; round < 2000; round += 1) {
      const ns = BigInt(random.int(2 ** 31) - 2 ** 30) * 1_000_000_000n + BigInt(random.int(1_000_000_000));
      expect(decodeTime(encodeTime(ns), 'It')).toBe(ns);
    }
  });
});
