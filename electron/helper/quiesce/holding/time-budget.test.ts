import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { TimeBudget } from './time-budget.ts';

const early = expect.objectContaining({ kind: 'freeze-ended-early', retryable: true });

describe('TimeBudget', () => {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['performance'] });
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it('lets work go on that is on its way', () => {
    const budget = new TimeBudget(100, { entries: 100, bytes: 0 });
    for (let entry = 0; entry < 100; entry += 1) {
      vi.advanceTimersByTime(0.9);
      budget.didEntry();
    }
    expect(budget.elapsedMs).toBeCloseTo(90);
  });

  it('ends it when the time is over, whatever was expected', () => {
    const budget = new TimeBudget(100, { entries: 1, bytes: 0 });
    budget.didEntry();
    vi.advanceTimersByTime(101);
    expect(() => budget.didBytes(1)).toThrow(early);
  });

  it('ends it as soon as it is plain that it will not be done', () => {
    const budget = new TimeBudget(100, { entries: 0, bytes: 1_000_000 });
    vi.advanceTimersByTime(30);
    // A tenth in nearly a third of the time.
    expect(() => budget.didBytes(100_000)).toThrow(early);
  });

  it('does not judge by the first moments', () => {
    const budget = new TimeBudget(100, { entries: 0, bytes: 1_000_000 });
    vi.advanceTimersByTime(15);
    budget.didBytes(1000);
    budget.didBytes(400_000);
    vi.advanceTimersByTime(30);
    budget.didBytes(100_000);
  });

  it('bears with more work than was counted, as long as there is time', () => {
    const budget = new TimeBudget(100, { entries: 1, bytes: 0 });
    vi.advanceTimersByTime(90);
    for (let entry = 0; entry < 50; entry += 1) budget.didEntry();
  });
});
