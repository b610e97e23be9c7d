import { expect, it, vi } from 'vitest';
import type { KeptPicture } from './kept-picture.ts';
import { type FindHandedOut, handedOut, UntoldLooks } from './untold-looks.ts';

function scene(find: FindHandedOut) {
  const doubts: string[] = [];
  const state = { nowMs: 0, isQuiet: true };
  const picture = (device: string) =>
    ({ device, doubt: (why: string) => doubts.push(`${device} ${why}`) }) as unknown as KeptPicture;
  const kept = [picture('8:1'), picture('8:2')];
  const looks = new UntoldLooks({
    find,
    everyMs: 60_000,
    now: () => state.nowMs,
    kept: () => kept,
    isQuiet: () => state.isQuiet,
  });
  return { doubts, state, looks };
}

it('looks once a minute at most, and one at a time', async () => {
  const find = vi.fn<FindHandedOut>(async () => new Set());
  const { doubts, state, looks } = scene(find);
  const lookAt = async (ms: number): Promise<number> => {
    state.nowMs = ms;
    looks.look();
    await looks.ended();
    return find.mock.calls.length;
  };
  expect(await lookAt(59_999)).toBe(0);
  expect(await lookAt(60_000)).toBe(1);
  expect(await lookAt(119_999)).toBe(1);
  expect(await lookAt(120_000)).toBe(2);
  // A clock that was set back.
  expect(await lookAt(1_000)).toBe(3);
  state.nowMs = 200_000;
  looks.look();
  state.nowMs = 300_000;
  looks.look();
  await looks.ended();
  expect(find).toHaveBeenCalledTimes(4);
  expect(find.mock.calls[0]?.[0]).toEqual(new Set(['8:1', '8:2']));
  expect(doubts).toEqual([]);
});

it('is a doubt for the pictures of that filesystem only; for all where nothing could be looked at', async () => {
  let fails = false;
  const { doubts, state, looks } = scene(async () => {
    if (fails) throw new Error('made up');
    return new Set(['8:2']);
  });
  state.nowMs = 60_000;
  looks.look();
  await looks.ended();
  expect(doubts).toEqual([`8:2 ${handedOut}`]);
  fails = true;
  state.nowMs = 120_000;
  looks.look();
  await looks.ended();
  expect(doubts.slice(1).map((text) => [text.slice(0, 3), text.includes('made up')])).toEqual([
    ['8:1', true],
    ['8:2', true],
  ]);
});

it('is over as soon as somebody is at work', async () => {
  const found = Promise.withResolvers<ReadonlySet<string>>();
  let isOver: () => boolean = () => true;
  const { state, looks } = scene((_, over) => {
    isOver = over;
    return found.promise;
  });
  state.nowMs = 60_000;
  looks.look();
  expect(isOver()).toBe(false);
  state.isQuiet = false;
  expect(isOver()).toBe(true);
  found.resolve(new Set());
  await looks.ended();
});
