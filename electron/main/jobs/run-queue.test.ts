import { expect, it } from 'vitest';
import { RunQueue } from './run-queue.ts';

/** Runs that hold their keys until told. */
function runs() {
  const queue = new RunQueue();
  const begun: string[] = [];
  const leaves = new Map<string, () => void>();
  const aborts = new Map<string, AbortController>();
  const ask = (name: string, ...keys: string[]): Promise<void> => {
    const abort = new AbortController();
    aborts.set(name, abort);
    return queue.enter(keys, abort.signal).then((leave) => {
      begun.push(name);
      leaves.set(name, leave);
    });
  };
  const tick = () => new Promise((resolve) => setImmediate(resolve));
  return {
    begun,
    isBusy: (...keys: string[]) => queue.isBusy(keys),
    ask,
    tick,
    leave: async (name: string) => {
      leaves.get(name)?.();
      await tick();
    },
    abort: (name: string) => aborts.get(name)?.abort(new Error('withdrawn')),
  };
}

it('begins at once what shares nothing, and one after the other what does', async () => {
  const { ask, begun, leave, tick } = runs();
  void ask('a', 'repository:1', 'source:1');
  void ask('b', 'repository:1', 'source:2');
  void ask('c', 'repository:2');
  await tick();
  expect(begun).toEqual(['a', 'c']);
  await leave('a');
  expect(begun).toEqual(['a', 'c', 'b']);
});

it('keeps the order of those who wait, so that nobody starves', async () => {
  const { ask, begun, leave, tick } = runs();
  void ask('a', 'x');
  void ask('b', 'x', 'y');
  void ask('c', 'y');
  await tick();
  expect(begun).toEqual(['a']);
  await leave('a');
  expect(begun).toEqual(['a', 'b']);
  await leave('b');
  expect(begun).toEqual(['a', 'b', 'c']);
});

it('lets a run be withdrawn before it begins, and frees those behind it', async () => {
  const { ask, begun, abort, tick } = runs();
  void ask('a', 'x');
  const withdrawn = ask('b', 'x', 'y');
  void ask('c', 'y');
  abort('b');
  await expect(withdrawn).rejects.toThrow('withdrawn');
  await tick();
  expect(begun).toEqual(['a', 'c']);
});

it('gives keys back once, whoever says so twice', async () => {
  const { ask, begun, leave, tick } = runs();
  void ask('a', 'x');
  void ask('b', 'x');
  void ask('c', 'x');
  await tick();
  await leave('a');
  await leave('a');
  expect(begun).toEqual(['a', 'b']);
});

it('knows whether somebody uses a key, so that he may be told that others wait', async () => {
  const { ask, isBusy, leave, tick } = runs();
  expect(isBusy('x')).toBe(false);
  void ask('a', 'x');
  await tick();
  expect([isBusy('y', 'x'), isBusy('y')]).toEqual([true, false]);
  await leave('a');
  expect(isBusy('x')).toBe(false);
});
