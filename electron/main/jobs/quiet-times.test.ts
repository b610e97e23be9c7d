import { expect, it } from 'vitest';
import { msToInstant } from '../../../shared/domain/time.ts';
import { StillpointError } from '../../../shared/errors/index.ts';
import { FakeWorld } from '../testing/fake-world.ts';
import { QuietTimes } from './quiet-times.ts';

const start = Date.parse('2025-11-20T02:00:00Z');

function scene() {
  const world = new FakeWorld();
  const [source] = world.sources;
  if (source === undefined) throw new Error('the world has a source');
  let now = start;
  world.quietWindows = [
    { sourceId: source.id, windows: [{ from: msToInstant(start - 5_000), to: msToInstant(start - 1_000) }] },
  ];
  const quiet = new QuietTimes(world, () => now);
  const bands = async () => (await quiet.get()).get(source.id);
  return { world, quiet, id: source.id, bands, pass: (ms: number) => (now += ms) };
}

it('are what the helper saw, asked for once in a while', async () => {
  const { world, bands, pass } = scene();
  const seen = [{ from: start - 5_000, to: start - 1_000 }];
  expect(await Promise.all([bands(), bands()])).toEqual([seen, seen]);
  pass(19_000);
  expect(await bands()).toEqual(seen);
  expect(world.asked).toEqual(['quiet.windows']);
  world.quietWindows = [];
  pass(1_000);
  expect(await bands()).toBeUndefined();
});

it('tell when a source usually rests, and until when somebody watched', async () => {
  const { world, quiet, id } = scene();
  const night = (days: number, fromHour: number, toHour: number) => ({
    from: msToInstant(new Date(2025, 10, 20 - days, fromHour).getTime()),
    to: msToInstant(new Date(2025, 10, 20 - days, toHour).getTime()),
  });
  const days = [7, 6, 5, 4, 3, 2, 1];
  const windows = days.map((back) => night(back, 1, back === 3 ? 2 : 5));
  world.quietWindows = [{ sourceId: id, windows, watched: [night(7, 0, 24 * 7)] }];
  const watchedUntil = new Date(2025, 10, 20).getTime();
  expect(await quiet.of(id)).toEqual({ usual: { fromMinute: 60, toMinute: 300, days: 6, ofDays: 7 }, watchedUntil });
});

it('say nothing where nobody watched, or an earlier helper does not tell', async () => {
  const { quiet, id } = scene();
  expect(await quiet.of(id)).toEqual({ usual: null, watchedUntil: null });
});

it('stay what was last said while the helper is away, and nothing before it said anything', async () => {
  const { world, bands, pass } = scene();
  const told = world.quietWindows;
  const away = new StillpointError({ kind: 'helper-crashed', message: 'It is away.', guidance: '' });
  world.quietWindows = away;
  expect(await bands()).toBeUndefined();
  world.quietWindows = told;
  pass(60_000);
  expect(await bands()).toHaveLength(1);
  world.quietWindows = away;
  pass(60_000);
  expect(await bands()).toHaveLength(1);
});
