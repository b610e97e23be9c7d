import { expect, it } from 'vitest';
import { PieceWindow } from './piece-window.ts';

/** A line on which each answer takes so long, told by a clock that only it moves. */
function over(tookMs: number): { readonly window: PieceWindow; send(count: number): Promise<number> } {
  let now = 0;
  const window = new PieceWindow(() => now);
  return {
    window,
    /** The most that were on their way at once. */
    async send(count) {
      let underWay = 0;
      let most = 0;
      const answers: (() => void)[] = [];
      const piece = (): Promise<void> => {
        underWay += 1;
        most = Math.max(most, underWay);
        return new Promise((resolve) =>
          answers.push(() => {
            underWay -= 1;
            resolve();
          }),
        );
      };
      const all = Promise.all(Array.from({ length: count }, () => window.send(piece)));
      for (let done = 0; done < count; ) {
        now += tookMs;
        for (const answer of answers.splice(0)) {
          done += 1;
          answer();
        }
        await new Promise((resolve) => setImmediate(resolve));
      }
      await all;
      return most;
    },
  };
}

it('becomes small on a slow line, so that whoever asks something else is soon heard, and never nothing', async () => {
  const { window, send } = over(10_000);
  expect(await send(500)).toBe(64);
  expect(window.size).toBe(4);
  expect(await send(50)).toBe(4);
});

it('grows while answers come at once, up to a bound', async () => {
  const { window, send } = over(1);
  await send(5_000);
  expect(window.size).toBe(256);
});

it('gives the place of a piece that failed to the next', async () => {
  const window = new PieceWindow();
  const failing = Array.from({ length: 100 }, () => window.send(() => Promise.reject(new Error('cut'))));
  const results = await Promise.allSettled(failing);
  expect(results.every(({ status }) => status === 'rejected')).toBe(true);
  expect(await window.send(async () => 'on')).toBe('on');
});
