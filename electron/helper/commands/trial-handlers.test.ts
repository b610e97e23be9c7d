import { expect, it } from 'vitest';
import type { FreezeTrial } from '../../../shared/domain/freeze-trial.ts';
import { helperContract } from '../../../shared/helper/contract.ts';
import type { HelperContext } from './context.ts';
import { trialHandlers } from './trial-handlers.ts';

const facts = { mountPoint: '/' };
const trial = { outcome: 'passed', kernel: '6.1.0', filesystem: 'f' } as FreezeTrial;
const { signal } = new AbortController();

function handlers(kind: string, asked: unknown[] = []) {
  const holding = { guardBinary: 'guard' };
  const context = {
    caller: { uid: 1000 },
    registry: { sources: (uid: number) => (uid === 1000 ? [{ id: 'one', name: 'Home', spec: { kind } }] : []) },
    stages: { examine: async () => facts, kernel: '6.1.0' },
    root: {
      state: (of: unknown) => {
        asked.push(of);
        return { concerns: true, isNeeded: true, mayStallMs: 250, obstacles: ['a'], last: null };
      },
      tryOut: async (...all: unknown[]) => {
        asked.push(...all);
        return trial;
      },
      skip: () => ({ ...trial, outcome: 'skipped' }),
    },
    holding,
  };
  const of = trialHandlers(context as unknown as HelperContext);
  const call = (name: keyof typeof of, sourceId = 'one') => of[name]({ sourceId } as never, { signal } as never);
  const ofFolder = (spec: object) => of['freeze.trialState']({ spec } as never, { signal } as never);
  return { call, ofFolder, holding };
}

it('asks of the registered source, and of no other', async () => {
  const asked: unknown[] = [];
  const { call, holding } = handlers('filesystem', asked);
  expect(await call('freeze.trialState')).toMatchObject({
    ...{ isNeeded: true, obstacles: ['a'], kernel: '6.1.0', mountPoint: '/' },
  });
  expect(await call('freeze.trial')).toBe(trial);
  expect(asked).toEqual([facts, facts, holding, signal]);
  expect(await call('freeze.skipTrial')).toMatchObject({ outcome: 'skipped' });
  await expect(call('freeze.trial', 'other')).rejects.toMatchObject({ kind: 'unknown-source' });
});

it('can be asked of a folder that is not registered yet', async () => {
  const asked: unknown[] = [];
  const { ofFolder } = handlers('filesystem', asked);
  expect(await ofFolder({ kind: 'filesystem', path: '/home' })).toMatchObject({ concerns: true, mountPoint: '/' });
  expect(asked).toEqual([facts]);
});

it('has nothing to try where no filesystem of this computer is held', async () => {
  await expect(handlers('tarantool').call('freeze.trial')).rejects.toMatchObject({
    kind: 'bad-input',
    field: 'sourceId',
    message: expect.stringContaining('Home is no folder'),
  });
});

it('needs the consent that registering needs, for the trial and for nothing else', () => {
  expect(helperContract['freeze.trial'].right).toBe('register');
  expect(helperContract['freeze.trialState'].right).toBe('registered');
  expect(helperContract['freeze.skipTrial'].right).toBe('registered');
});
