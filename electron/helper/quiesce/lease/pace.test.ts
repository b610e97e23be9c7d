import { expect, it } from 'vitest';
import { FreezePace } from './pace.ts';

const { signal } = new AbortController();

function paced() {
  let now = 5_000;
  const pace = new FreezePace(() => now);
  return { pace, pass: (ms: number) => (now += ms) };
}

it('lets writers run for a second at least, and for twenty times as long as they were held', () => {
  const { pace, pass } = paced();
  expect(pace.restMs('8:1')).toBe(0);
  pace.note('8:1', { stallMs: 12, isOverrun: false });
  expect(pace.restMs('8:1')).toBe(1000);
  pass(999);
  expect(pace.restMs('8:1')).toBe(1);
  pass(1);
  expect(pace.restMs('8:1')).toBe(0);
  pace.note('8:1', { stallMs: 240, isOverrun: false });
  expect(pace.restMs('8:1')).toBe(4800);
});

it('knows one filesystem from another', () => {
  const { pace } = paced();
  pace.note('8:1', { stallMs: 12, isOverrun: false });
  expect(pace.restMs('8:2')).toBe(0);
});

it('stays away for ten minutes after a freeze that took longer than it was given', async () => {
  const { pace, pass } = paced();
  pace.note('8:1', { stallMs: 300, isOverrun: true });
  expect(pace.restMs('8:1')).toBe(600_000);
  await expect(pace.turn('8:1', '/srv', signal, () => {})).rejects.toMatchObject({
    kind: 'freeze-refused',
    message: 'Writers on /srv waited longer than allowed a while ago, so it is not held still for another 10 minutes.',
  });
  pace.note('8:1', { stallMs: 60_000, isOverrun: true });
  expect(pace.restMs('8:1')).toBe(1_200_000);
  pass(1_200_000);
  await pace.turn('8:1', '/srv', signal, () => {});
});

it('refuses with words what would wait long', async () => {
  const { pace } = paced();
  pace.note('8:1', { stallMs: 3_000, isOverrun: false });
  await expect(pace.turn('8:1', '/srv', signal, () => {})).rejects.toMatchObject({
    kind: 'freeze-refused',
    retryable: true,
    message: '/srv was held still a moment ago and is left in peace for another 60 s.',
  });
});

it('waits for its turn where that comes soon, says so once, and looks again when it has come', async () => {
  let now = 0;
  const waited: number[] = [];
  const told: number[] = [];
  const pace = new FreezePace(
    () => now,
    async (ms) => {
      waited.push(ms);
      now += ms;
      // Another run of this helper was quicker.
      if (waited.length === 1) pace.note('8:1', { stallMs: 150, isOverrun: false });
    },
  );
  pace.note('8:1', { stallMs: 100, isOverrun: false });
  await pace.turn('8:1', '/srv', signal, (ms) => told.push(ms));
  expect({ waited, told }).toEqual({ waited: [2_000, 3_000], told: [2_000] });
});

it('is cancelled while it waits', async () => {
  const { pace } = paced();
  pace.note('8:1', { stallMs: 1_000, isOverrun: false });
  const controller = new AbortController();
  const turn = pace.turn('8:1', '/srv', controller.signal, () => controller.abort());
  await expect(turn).rejects.toMatchObject({ kind: 'cancelled' });
});
