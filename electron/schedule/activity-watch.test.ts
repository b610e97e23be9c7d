import { expect, it } from 'vitest';
import { ActivityWatch } from './activity-watch.ts';
import { minute, sourceNamed } from './testing/literal-world.ts';

const source = sourceNamed('papers', {
  kind: 'quiet',
  quietMinutes: 10,
  atMostEveryMinutes: 30,
  atLeastEveryHours: 24,
});

function watched(tookMs: number) {
  const state = { now: 0, looks: 0, changes: 3 };
  const watch = new ActivityWatch({
    now: () => state.now,
    monotonic: () => state.now,
    activity: async () => {
      state.looks++;
      state.now += tookMs;
      if (state.changes < 0) throw new Error('the folder is gone');
      return { changes: state.changes, newestChangeAt: 1, tookMs };
    },
  });
  return { state, watch };
}

it.each([
  { tookMs: 5, most: 240 / 5 },
  { tookMs: 60_000, most: 240 / 20 },
])('looks at most every 5 minutes, and not more than a twentieth of the time: $tookMs ms', async ({ tookMs, most }) => {
  const { state, watch } = watched(tookMs);
  state.now = 30 * minute;
  while (state.now < 270 * minute) {
    await watch.since(source, 0);
    state.now += minute / 6;
  }
  expect(state.looks).toBeGreaterThan(most * 0.8);
  expect(state.looks).toBeLessThanOrEqual(most + 1);
});

it('does not look for a schedule of the clock, without a snapshot, or before a run could follow', async () => {
  const { state, watch } = watched(5);
  state.now = 60 * minute;
  await watch.since(sourceNamed('papers'), 0);
  await watch.since(source, null);
  await watch.since(source, state.now - 29 * minute);
  expect(state.looks).toBe(0);
});

it('forgets what it saw before a newer snapshot, and tells why it could not look', async () => {
  const { state, watch } = watched(5);
  state.now = 60 * minute;
  expect((await watch.since(source, 0)).activity).toMatchObject({ changes: 3 });
  expect((await watch.since(source, 1)).activity).toBeNull();
  state.now += 6 * minute;
  state.changes = -1;
  expect(await watch.since(source, 1)).toMatchObject({ activity: null, problem: new Error('the folder is gone') });
  state.now += 6 * minute;
  state.changes = 0;
  await watch.since(source, 1);
  expect(watch.unchangedAt).toBe(state.now);
});
