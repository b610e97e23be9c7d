import { describe, expect, it } from 'vitest';
import {
  leastStaticWindowMs,
  longestLookIntervalMs,
  mergeStretches,
  noQuietWatch,
  type QuietLook,
  quietForMs,
  staticWindowsOf,
  takeLook,
} from './static-windows.ts';

const minute = 60_000;
/** A look at this second; everything as it should be unless said otherwise. */
function look(second: number, not: Partial<QuietLook> = {}): QuietLook {
  const atMs = second * 1000;
  return { atMs, awakeMs: atMs + 7_000_000, changes: 0, canBeWrittenUnseen: false, isDoubted: false, ...not };
}
const windows = (...looks: QuietLook[]): (readonly [number, number])[] =>
  staticWindowsOf(looks).map(({ fromMs, toMs }) => [fromMs / 1000, toMs / 1000] as const);

describe('static windows', () => {
  it('reach from the first quiet look to the last', () => {
    expect(windows(look(0), look(60), look(120), look(180))).toEqual([[0, 180]]);
  });

  it('end with the look before the one that told of a change, and begin anew with that', () => {
    expect(windows(look(0), look(60), look(120, { changes: 1 }), look(180), look(240))).toEqual([
      [0, 60],
      [120, 240],
    ]);
  });

  it('what changed before the first look says nothing of what followed', () => {
    expect(windows(look(0, { changes: 5 }), look(60))).toEqual([[0, 60]]);
  });

  it('are not told when shorter than the least', () => {
    const least = leastStaticWindowMs / 1000;
    expect(windows(look(0), look(least))).toEqual([[0, least]]);
    expect(windows(look(0), look(least - 1))).toEqual([]);
    expect(windows(look(0), look(least - 1, { changes: 1 }))).toEqual([]);
    expect(windows()).toEqual([]);
    expect(windows(look(0))).toEqual([]);
  });

  it('are not claimed while somebody can write unseen, at either end', () => {
    const unseen = { canBeWrittenUnseen: true };
    expect(windows(look(0, unseen), look(60, unseen), look(120, unseen))).toEqual([]);
    expect(windows(look(0), look(60), look(120, unseen), look(180), look(240))).toEqual([
      [0, 60],
      [180, 240],
    ]);
  });

  it('do not reach across a doubt', () => {
    expect(windows(look(0), look(60), look(120, { isDoubted: true }), look(180))).toEqual([
      [0, 60],
      [120, 180],
    ]);
  });

  it('do not reach across sleep, a set clock, or a time in which nobody looked', () => {
    const awake = (second: number): number => second * 1000 + 7_000_000;
    // Asleep for 100 of 160 seconds.
    expect(windows(look(0), look(60), look(220, { awakeMs: awake(120) }))).toEqual([[0, 60]]);
    // Set back by an hour, and forth.
    expect(windows(look(4000), look(4060), look(520, { awakeMs: awake(4120) }))).toEqual([[4000, 4060]]);
    expect(windows(look(0), look(60), look(180, { awakeMs: awake(120) }))).toEqual([[0, 60]]);
    const late = 60 + longestLookIntervalMs / 1000 + 1;
    expect(windows(look(0), look(60), look(late))).toEqual([[0, 60]]);
    // A counter that begins anew is another boot, or another machine.
    expect(windows(look(0), look(60), look(120, { awakeMs: 0 }))).toEqual([[0, 60]]);
  });

  it('watching goes on while the source changes, and ends with a gap', () => {
    let watch = noQuietWatch;
    for (const each of [look(0), look(60, { changes: 3 }), look(120, { changes: 3 })]) {
      const step = takeLook(watch, each);
      expect(step.watched).toBeNull();
      watch = step.watch;
    }
    expect(takeLook(watch, look(180, { isDoubted: true })).watched).toEqual({ fromMs: 0, toMs: 120_000 });
  });
});

describe('how long it has been quiet', () => {
  const watchOf = (...looks: QuietLook[]) => looks.reduce((watch, each) => takeLook(watch, each).watch, noQuietWatch);

  it('is what was seen, not what was waited since', () => {
    expect(quietForMs(watchOf(look(0), look(60)), 90_000)).toBe(minute);
  });

  it('is nothing after a change, without looks, and when the last look is old or yet to come', () => {
    expect(quietForMs(noQuietWatch, 0)).toBe(0);
    expect(quietForMs(watchOf(look(0), look(60, { changes: 1 })), 60_000)).toBe(0);
    expect(quietForMs(watchOf(look(0), look(60, { canBeWrittenUnseen: true })), 60_000)).toBe(0);
    expect(quietForMs(watchOf(look(0), look(60)), 61_000 + longestLookIntervalMs)).toBe(0);
    expect(quietForMs(watchOf(look(0), look(60)), 10_000)).toBe(0);
  });
});

describe('merging', () => {
  it('orders, joins what touches, and leaves out what is no stretch', () => {
    const of = (...pairs: [number, number][]) => pairs.map(([fromMs, toMs]) => ({ fromMs, toMs }));
    expect(mergeStretches(of([5, 7], [1, 3], [3, 4], [2, 3], [9, 9], [12, 11]))).toEqual(of([1, 4], [5, 7]));
  });
});
