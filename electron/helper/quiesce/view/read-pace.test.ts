import { describe, expect, it } from 'vitest';
import { ReadPace } from './read-pace.ts';

const { signal } = new AbortController();

describe('ReadPace', () => {
  it('never waits without a limit', () => {
    const pace = new ReadPace(signal);
    expect(pace.grant(1e12)).toBe(0);
    expect(pace.beforeRead(1e12)).toBeUndefined();
  });

  it('lets a second pass at once, and holds what follows to the rate', () => {
    let now = 50_000;
    const pace = new ReadPace(signal, { bytesPerSecond: 1_000_000, now: () => now });
    expect(pace.grant(1_000_000)).toBe(0);
    // The second before is used up: from here on one byte a microsecond.
    expect(pace.grant(500_000)).toBe(0);
    expect(pace.grant(500_000)).toBe(500);
    now += 500;
    expect(pace.grant(1)).toBe(500);
  });

  it('saves up no more than a second, however long it rested', () => {
    let now = 0;
    const pace = new ReadPace(signal, { bytesPerSecond: 1_000, now: () => now });
    now = 1e6;
    expect(pace.grant(1_000)).toBe(0);
    expect(pace.grant(1_000)).toBe(0);
    expect(pace.grant(1_000)).toBe(1000);
  });

  it('gives others their turn while they use the disk, all readers at once', () => {
    let now = 0;
    let areBusy = true;
    const pace = new ReadPace(signal, { areOthersBusy: () => areBusy, now: () => now });
    expect(pace.grant(1)).toBe(0);
    now = 60;
    expect(pace.grant(1)).toBe(50);
    now = 70;
    expect(pace.grant(1)).toBe(40);
    // Its own turn again, a whole one.
    now = 120;
    expect(pace.grant(1)).toBe(0);
    now = 155;
    expect(pace.grant(1)).toBe(0);
    now = 165;
    expect(pace.grant(1)).toBe(50);
    areBusy = false;
    now = 1000;
    expect(pace.grant(1)).toBe(0);
  });

  it('ends its wait when it is cancelled', async () => {
    const cancel = new AbortController();
    const pace = new ReadPace(cancel.signal, { bytesPerSecond: 1 });
    pace.grant(10_000);
    const waiting = pace.beforeRead(1);
    cancel.abort();
    await expect(waiting).rejects.toMatchObject({ kind: 'cancelled' });
  });
});
