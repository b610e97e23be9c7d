import { expect, it } from 'vitest';
import { leaveToHold } from './leave-to-hold.ts';

/** What happened, in order. `sleepMs`, `quietMs`: how long each takes; an error: it is refused then. */
function place({ sleepMs = 0, quietMs = 0, sleepError, quietError }: Partial<Times> = {}) {
  const log: string[] = [];
  const sleep = {
    hold: async () => {
      log.push('asked');
      await after(sleepMs);
      if (sleepError) throw sleepError;
      log.push('held off');
      return { requireAwake: async () => {}, [Symbol.asyncDispose]: async () => void log.push('let go') };
    },
  };
  const mayHold = async (): Promise<void> => {
    log.push('look');
    await after(quietMs);
    if (quietError) throw quietError;
    log.push('may');
  };
  return { log, leave: () => leaveToHold({ mayHold, report: { note: () => {} } }, sleep, 1000) };
}

interface Times {
  readonly sleepMs: number;
  readonly quietMs: number;
  readonly sleepError: Error;
  readonly quietError: Error;
}

const after = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

it('asks for both at once', async () => {
  const { log, leave } = place({ sleepMs: 20, quietMs: 10 });
  const held = await leave();
  expect(log).toEqual(['look', 'asked', 'may', 'held off']);
  await held?.[Symbol.asyncDispose]();
  expect(log.at(-1)).toBe('let go');
});

it('keeps nobody from sleep while it waits for a quieter moment, and asks again then', async () => {
  const { log, leave } = place({ quietMs: 1300 });
  await leave();
  expect(log).toEqual(['look', 'asked', 'held off', 'let go', 'may', 'asked', 'held off']);
});

it.each([
  ['at once', 0, ['look', 'asked', 'held off', 'let go']],
  ['late', 1300, ['look', 'asked', 'held off', 'let go']],
])('holds nothing off where the policy refuses %s', async (_, quietMs, expected) => {
  const quietError = new Error('not now');
  const { log, leave } = place({ quietMs, quietError });
  await expect(leave()).rejects.toBe(quietError);
  expect(log).toEqual(expected);
});

it.each([
  ['at once', 0, ['look', 'asked', 'may']],
  ['and asks once more after a wait', 1300, ['look', 'asked', 'may', 'asked']],
])('is refused where sleep cannot be held off, %s', async (_, quietMs, expected) => {
  const sleepError = new Error('about to sleep');
  const { log, leave } = place({ quietMs, sleepError });
  await expect(leave()).rejects.toBe(sleepError);
  expect(log).toEqual(expected);
});

it('gives the policy’s reason where both refuse', async () => {
  const quietError = new Error('not now');
  const { leave } = place({ quietError, sleepError: new Error('about to sleep') });
  await expect(leave()).rejects.toBe(quietError);
});

it('asks for what there is to ask for', async () => {
  expect(await leaveToHold({ report: { note: () => {} } }, undefined, 1000)).toBeUndefined();
  const { log, leave } = place();
  await leave();
  expect(log).toContain('may');
});
