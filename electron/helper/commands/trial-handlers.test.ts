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

it('is, of several places, about the one that still needs a trial, and not where something else stands in the way', async () => {
  const [data, root, logs] = ['/srv', '/', '/var'].map((mountPoint) => ({ kind: 'filesystem', mountPoint }));
  const none = { concerns: false, isNeeded: false, mayStallMs: 250, obstacles: [], last: null };
  const needed = { ...none, concerns: true, isNeeded: true, obstacles: ['It has to be tried.'] };
  const passed = { ...none, concerns: true };
  const asked = async (states: Map<unknown, object>) => {
    const tried: unknown[] = [];
    const of = trialHandlers({
      stages: { examine: async () => ({ kind: 'group', members: [data, root, logs] }), kernel: '6.1.0' },
      root: {
        state: (facts: unknown) => states.get(facts) ?? none,
        tryOut: async (facts: unknown) => tried.push(facts),
      },
    } as unknown as HelperContext);
    const target = { spec: { kind: 'group', members: [] } } as never;
    const state = await of['freeze.trialState'](target, { signal } as never);
    await of['freeze.trial'](target, { signal } as never);
    return { state, tried };
  };
  const first = await asked(
    new Map([
      [root, needed],
      [logs, needed],
    ]),
  );
  expect(first.state).toMatchObject({
    concerns: true,
    isNeeded: true,
    mountPoint: '/',
    obstacles: ['It has to be tried.'],
  });
  expect(first.tried).toEqual([root]);
  expect(
    (
      await asked(
        new Map([
          [root, passed],
          [logs, needed],
        ]),
      )
    ).tried,
  ).toEqual([logs]);
  const blocked = { ...passed, obstacles: ['The audit waits.'] };
  expect(
    (
      await asked(
        new Map([
          [root, needed],
          [logs, blocked],
        ]),
      )
    ).state,
  ).toMatchObject({
    isNeeded: false,
    obstacles: ['It has to be tried.', 'The audit waits.'],
  });
  expect((await asked(new Map())).state).toMatchObject({ concerns: false, isNeeded: false, mountPoint: '/srv' });
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
