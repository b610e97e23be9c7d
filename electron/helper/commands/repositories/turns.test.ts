import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { repositoryIdSchema } from '../../../../shared/domain/ids.ts';
import { Turns } from './turns.ts';

const id = repositoryIdSchema.parse('a'.repeat(64));
const other = repositoryIdSchema.parse('b'.repeat(64));

function options(title: string, signal = new AbortController().signal) {
  const told: string[] = [];
  const waiting = (wait: () => Promise<void>) => wait();
  return {
    told,
    given: { title, signal, waiting, onWait: (text: string, isNew: boolean) => void (isNew && told.push(text)) },
  };
}

describe('turns of jobs on one repository', () => {
  it('come one after the other, also when one fails; other repositories wait for nobody', async () => {
    const turns = new Turns();
    const { promise: go, resolve } = Promise.withResolvers<void>();
    const seen: string[] = [];
    const first = turns.take(id, async () => {
      await go;
      seen.push('first');
      throw new Error('it failed');
    });
    first.catch(() => {});
    const second = turns.take(id, async () => void seen.push('second'));
    await turns.take(other, async () => void seen.push('other'));
    expect(seen).toEqual(['other']);
    resolve();
    await second;
    await expect(first).rejects.toThrow('it failed');
    expect(seen).toEqual(['other', 'first', 'second']);
  });

  it('say for what they wait', async () => {
    const turns = new Turns();
    const { promise: go, resolve } = Promise.withResolvers<void>();
    const pruning = options('Prune R');
    const first = turns.take(id, () => go, pruning.given);
    const backup = options('Photos');
    const second = turns.take(id, async () => {}, backup.given);
    await sleep(5);
    expect(pruning.told).toEqual([]);
    expect(backup.told).toEqual(['Waiting for “Prune R”, which has been using the repository for 0 s.']);
    resolve();
    await Promise.all([first, second]);
  });

  it('end at a cancel while they wait, and nobody behind them overtakes the one that works', async () => {
    const turns = new Turns();
    const { promise: go, resolve } = Promise.withResolvers<void>();
    const seen: string[] = [];
    const first = turns.take(id, async () => {
      await go;
      seen.push('first');
    });
    const cancel = new AbortController();
    const second = turns.take(id, async () => void seen.push('second'), options('', cancel.signal).given);
    const third = turns.take(id, async () => void seen.push('third'));
    await sleep(5);
    cancel.abort();
    await expect(second).rejects.toMatchObject({ kind: 'cancelled' });
    await sleep(5);
    expect(seen).toEqual([]);
    resolve();
    await Promise.all([first, third]);
    expect(seen).toEqual(['first', 'third']);
  });
});
