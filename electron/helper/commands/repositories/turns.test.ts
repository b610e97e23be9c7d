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

describe('a turn that others want', () => {
  const settled = (): Promise<void> => sleep(5);

  it('knows it, lets all who wait go first, and comes before whoever comes later', async () => {
    const turns = new Turns();
    const seen: string[] = [];
    const held = Promise.withResolvers<void>();
    const prune = turns.take(id, async (turn) => {
      expect(turn.wanted.aborted).toBe(false);
      await new Promise((resolve) => turn.wanted.addEventListener('abort', resolve));
      await held.promise;
      await turn.giveWay();
      seen.push('prune');
      // Those that came meanwhile.
      expect(turn.wanted.aborted).toBe(true);
    });
    const late: Promise<unknown>[] = [];
    await settled();
    const backups = ['one', 'two'].map((name) =>
      turns.take(id, async () => {
        seen.push(name);
        late.push(turns.take(id, async () => void seen.push(`after ${name}`)));
      }),
    );
    held.resolve();
    await Promise.all([prune, ...backups]);
    await Promise.all(late);
    expect(seen).toEqual(['one', 'two', 'prune', 'after one', 'after two']);
  });

  it('is wanted by who waits elsewhere, too, and by nobody where there is none', async () => {
    const turns = new Turns();
    turns.want(id);
    await turns.take(id, async (turn) => {
      turns.want(other);
      expect(turn.wanted.aborted).toBe(false);
      turns.want(id);
      expect(turn.wanted.aborted).toBe(true);
      // Nobody waits here: it has it again at once, and whoever wants it asks again.
      await turn.giveWay();
      expect(turn.wanted.aborted).toBe(false);
    });
  });

  it('that waits itself says so to those who wait for it', async () => {
    const turns = new Turns();
    const { promise: go, resolve } = Promise.withResolvers<void>();
    const prune = turns.take(id, (turn) => turn.whileWaiting(() => go), options('Prune R').given);
    const backup = options('Photos');
    const second = turns.take(id, async () => {}, backup.given);
    await settled();
    expect(backup.told).toEqual([
      'Waiting for “Prune R”, which waits for others that use the repository and lets this go first.',
    ]);
    resolve();
    await Promise.all([prune, second]);
  });

  it('given up while it lets others go first is over', async () => {
    const turns = new Turns();
    const stop = new AbortController();
    const { promise: go, resolve } = Promise.withResolvers<void>();
    const prune = turns.take(id, (turn) => turn.giveWay(), options('Prune R', stop.signal).given);
    const backup = turns.take(id, () => go);
    await settled();
    const next = turns.take(id, async () => 'next');
    stop.abort();
    resolve();
    await backup;
    expect(await next).toBe('next');
    await prune.catch(() => {});
  });
});
