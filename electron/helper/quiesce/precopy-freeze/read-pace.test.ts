import { describe, expect, it } from 'vitest';
import { ReadPace } from './read-pace.ts';

const { signal } = new AbortController();

describe('ReadPace', () => {
  it('never waits without a limit', () => {
    const pace = new ReadPace(undefined, signal);
    expect(pace.grant(1e12)).toBe(0);
    expect(pace.beforeRead(1e12)).toBeUndefined();
  });

  it('lets a second pass at once, and holds what follows to the rate', () => {
    let now = 50_000;
    const pace = new ReadPace(1_000_000, signal, () => now);
    expect(pace.grant(1_000_000)).toBe(0);
    // The second before is used up: from here on one byte a microsecond.
    expect(pace.grant(500_000)).toBe(0);
    expect(pace.grant(500_000)).toBe(500);
    now += 500;
    expect(pace.grant(1)).toBe(500);
  });

  it('saves up no more than a second, however long it rested', () => {
    let now = 0;
    const pace = new ReadPace(1_000, signal, () => now);
    now = 1e6;
    expect(pace.grant(1_000)).toBe(0);
    expect(pace.grant(1_000)).toBe(0);
    expect(pace.grant(1_000)).toBe(1000);
  });

  it('ends its wait when it is cancelled', async () => {
    const cancel = new AbortController();
    const pace = new ReadPace(1, cancel.signal);
    pace.grant(10_000);
    const waiting = pace.beforeRead(1);
    cancel.abort();
    await expect(waiting).rejects.toMatchObject({ kind: 'cancelled' });
  });
});
