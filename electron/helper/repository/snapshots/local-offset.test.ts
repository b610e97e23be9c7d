import { afterEach, describe, expect, it } from 'vitest';
import { localOffset } from './local-offset.ts';

const at = (text: string): bigint => BigInt(Date.parse(text)) * 1_000_000n;
const before = process.env.TZ;

describe('the wall clock of this machine', () => {
  afterEach(() => {
    if (before === undefined) delete process.env.TZ;
    else process.env.TZ = before;
  });

  it.each([
    ['America/St_Johns', '2026-01-10T00:00:00Z', -210],
    ['America/St_Johns', '2026-07-10T00:00:00Z', -150],
    ['Asia/Kathmandu', '2026-01-10T00:00:00Z', 345],
    ['UTC', '2026-01-10T00:00:00Z', 0],
  ])('in %s at %s is %d minutes east of UTC', (zone, time, minutes) => {
    process.env.TZ = zone;
    expect(localOffset(at(time))).toBe(minutes);
  });
});
