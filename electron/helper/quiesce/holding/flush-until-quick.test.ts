import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { flushUntilQuick } from './flush-until-quick.ts';

const { signal } = new AbortController();

/** A flush that takes each of these times in turn, ms. */
function flushTaking(...times: readonly number[]) {
  const left = [...times];
  return vi.fn(async () => {
    vi.advanceTimersByTime(left.shift() ?? times.at(-1) ?? 0);
  });
}

describe('flushUntilQuick', () => {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['performance'] });
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it('flushes once where little is left', async () => {
    const flush = flushTaking(20);
    await flushUntilQuick(flush, 100, signal);
    expect(flush).toHaveBeenCalledTimes(1);
  });

  it('flushes again after a long one, because much was written meanwhile', async () => {
    const flush = flushTaking(2000, 300, 20);
    await flushUntilQuick(flush, 100, signal);
    expect(flush).toHaveBeenCalledTimes(3);
  });

  it('goes on while each flush is much shorter than the one before, because the freeze is as long as the next would be', async () => {
    const flush = flushTaking(90, 50, 15);
    await flushUntilQuick(flush, 400, signal);
    expect(flush).toHaveBeenCalledTimes(3);
  });

  it('leaves it at a quick one that the next hardly shortens', async () => {
    const flush = flushTaking(60, 55, 50, 45);
    await flushUntilQuick(flush, 400, signal);
    expect(flush).toHaveBeenCalledTimes(2);
  });

  it('makes do with what still fits', async () => {
    await flushUntilQuick(flushTaking(80), 100, signal);
  });

  it('refuses to freeze where writers are faster than the disk', async () => {
    const refused = flushUntilQuick(flushTaking(400), 100, signal);
    await expect(refused).rejects.toMatchObject({ kind: 'freeze-refused', retryable: true });
  });

  it('is cancelled between two flushes', async () => {
    const cancel = new AbortController();
    const flush = vi.fn(async () => {
      vi.advanceTimersByTime(400);
      cancel.abort();
    });
    await expect(flushUntilQuick(flush, 100, cancel.signal)).rejects.toMatchObject({ kind: 'cancelled' });
    expect(flush).toHaveBeenCalledTimes(1);
  });
});
