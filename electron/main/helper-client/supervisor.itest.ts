import { fileURLToPath } from 'node:url';
import { afterEach, expect, it } from 'vitest';
import type { RunId, SourceId } from '../../../shared/domain/ids.ts';
import type { HelperState } from '../../../shared/ipc/app.ts';
import { type Launch, launchProgram } from './helper-process.ts';
import { HelperSupervisor, type SupervisorOptions } from './supervisor.ts';

const script = fileURLToPath(new URL('./testing/misbehaving-helper.mjs', import.meta.url));
const runs: HelperSupervisor[] = [];
afterEach(async () => {
  for (const supervisor of runs.splice(0)) await supervisor.stop();
});

function launch(behaviour: string): Launch {
  let starts = 0;
  return () => {
    const counter = String(starts++);
    return launchProgram({ file: process.execPath, args: [script, behaviour, counter], env: {} });
  };
}

function supervise(behaviour: string, more: Partial<SupervisorOptions> = {}) {
  const states: HelperState[] = [];
  const log: string[] = [];
  let ready = 0;
  const supervisor = new HelperSupervisor({
    launch: launch(behaviour),
    prepareLaunchWithRights: async () => launch('with-rights'),
    canAskForRights: async () => true,
    areRightsFree: async () => false,
    onState: (state) => states.push(state),
    bringUp: async () => undefined,
    onReady: () => {
      ready += 1;
    },
    log: (line) => log.push(line),
    now: Date.now,
    ...more,
  });
  runs.push(supervisor);
  return { supervisor, states, log, readyCount: () => ready };
}

const backup = {
  sourceId: 'photos' as SourceId,
  runId: 'a'.repeat(32) as RunId,
  askedAt: '2025-11-20T02:00:00Z',
  trigger: 'person' as const,
};

it('starts, answers, keeps its log apart, and stops without a crash', async () => {
  const { supervisor, states, log } = supervise('good');
  await supervisor.start();
  expect(await supervisor.call('sources.list', {})).toEqual([]);
  expect(supervisor.state).toMatchObject({ state: 'ready', canFreeze: false, canAskForRights: true, crashes: 0 });
  await supervisor.stop();
  expect(states.map(({ state }) => state)).toEqual(['starting', 'ready']);
  expect(log).toContain('started as good');
});

it('hands on the errors of the helper as they are', async () => {
  const { supervisor } = supervise('good');
  await supervisor.start();
  await expect(supervisor.call('repositories.list', {})).rejects.toMatchObject({ kind: 'unknown-repository' });
});

it('refuses bad parameters before they are sent', async () => {
  const { supervisor } = supervise('good');
  await supervisor.start();
  const wrong = { ...backup, sourceId: '../etc' as SourceId };
  await expect(supervisor.call('backup.run', wrong)).rejects.toMatchObject({ kind: 'bad-input', field: 'sourceId' });
});

it('rejects what was pending when it crashes, starts it again, and says so', async () => {
  const { supervisor, states, log, readyCount } = supervise('crashes-once');
  await supervisor.start();
  const pending = supervisor.call('backup.run', backup);
  await expect(supervisor.call('sources.list', {})).rejects.toMatchObject({ kind: 'helper-crashed', retryable: true });
  await expect(pending).rejects.toMatchObject({ kind: 'helper-crashed' });
  expect(await supervisor.call('sources.list', {})).toEqual([]);
  expect(states.map(({ state }) => state)).toEqual(['starting', 'ready', 'crashed', 'starting', 'ready']);
  expect(supervisor.state.crashes).toBe(1);
  expect(readyCount()).toBe(2);
  // How it ended is in the log, and nowhere else.
  expect(log).toContain('helper: crashed: it ended with code 9');
  expect(states.map(({ explanation }) => explanation).join(' ')).not.toContain('code 9');
});

it.each([
  ['garbage', /not a message/],
  ['not-utf8', /UTF-8/],
  ['oversize', /longer than/],
  ['wrong-id', /was not asked/],
])('ends a helper that sends %s, and counts it as a crash', async (behaviour, message) => {
  const { supervisor } = supervise(behaviour);
  await supervisor.start();
  await expect(supervisor.call('sources.list', {})).rejects.toThrow(message);
  await expect.poll(() => supervisor.state.crashes).toBe(1);
});

it('rejects an answer of the wrong form and keeps the helper', async () => {
  const { supervisor } = supervise('wrong-result');
  await supervisor.start();
  await expect(supervisor.call('sources.list', {})).rejects.toMatchObject({ kind: 'protocol' });
  expect(supervisor.state).toMatchObject({ state: 'ready', crashes: 0 });
});

it('stops waiting after the deadline, and does not mind the late answer', async () => {
  const { supervisor } = supervise('late');
  await supervisor.start();
  await expect(supervisor.call('sources.list', {}, { deadlineMs: 1 })).rejects.toMatchObject({
    kind: 'deadline-exceeded',
  });
  await new Promise((resolve) => setTimeout(resolve, 1_500));
  expect(supervisor.state).toMatchObject({ state: 'ready', crashes: 0 });
});

it('asks to cancel and waits for how it ended', async () => {
  const { supervisor } = supervise('good');
  await supervisor.start();
  const cancel = new AbortController();
  const pending = supervisor.call('backup.run', backup, { signal: cancel.signal });
  cancel.abort();
  expect(await pending).toMatchObject({ outcome: 'cancelled' });
});

it('gives up when it keeps dying, with words, and rejects at once from then on', async () => {
  // A clock that stands still keeps every crash inside the window.
  const { supervisor } = supervise('dies-at-start', { now: () => 0 });
  void supervisor.start();
  await expect.poll(() => supervisor.state.state, { timeout: 20_000 }).toBe('unavailable');
  expect(supervisor.state.explanation).toMatch(/keeps stopping/);
  await expect(supervisor.call('sources.list', {})).rejects.toMatchObject({ kind: 'helper-unavailable' });
}, 30_000);

it('does not start a helper of another version again and again', async () => {
  const { supervisor } = supervise('other-version');
  await supervisor.start();
  expect(supervisor.state).toMatchObject({ state: 'unavailable', crashes: 0 });
  expect(supervisor.state.explanation).toMatch(/version 99/);
});

it.each([
  ['refused', /asked for and not given/, false],
  ['nobody-to-ask', /Nobody could be asked/, true],
])('goes on without rights when they are not given, and says why: %s', async (end, words, nobodyAsked) => {
  const { supervisor } = supervise('good', { prepareLaunchWithRights: async () => launch(end) });
  await supervisor.start();
  expect(await supervisor.requestRights()).toMatchObject({ state: 'ready', refused: true, canFreeze: false });
  expect(supervisor.state.explanation).toMatch(words);
  expect(supervisor.nobodyAsked).toBe(nobodyAsked);
  expect(await supervisor.call('sources.list', {})).toEqual([]);
});

it('uses the helper with rights at once when nothing is running', async () => {
  const { supervisor, readyCount } = supervise('good');
  await supervisor.start();
  expect(await supervisor.requestRights()).toMatchObject({ canFreeze: true, refused: false, canAskForRights: false });
  expect(supervisor.state).toMatchObject({ state: 'ready', crashes: 0 });
  expect(readyCount()).toBe(2);
});

it('lets a running backup end before the helper with rights takes over', async () => {
  const { supervisor } = supervise('good');
  await supervisor.start();
  const cancel = new AbortController();
  const pending = supervisor.call('backup.run', backup, { signal: cancel.signal });
  expect(await supervisor.requestRights()).toMatchObject({ canFreeze: false });
  expect(supervisor.state.explanation).toMatch(/as soon as/);
  cancel.abort();
  expect(await pending).toMatchObject({ outcome: 'cancelled' });
  await expect.poll(() => supervisor.state.canFreeze).toBe(true);
});

it('does not use a helper with rights that does not take what is registered', async () => {
  const { supervisor } = supervise('good', {
    bringUp: (_calls, { uid }) =>
      uid === 0 ? Promise.reject(new Error('not allowed to register')) : Promise.resolve(),
  });
  await supervisor.start();
  expect(await supervisor.requestRights()).toMatchObject({ state: 'ready', canFreeze: false, refused: true });
  expect(supervisor.state.explanation).toContain('not allowed to register');
  expect(await supervisor.call('sources.list', {})).toEqual([]);
});

it('takes rights that need no question, and asks nobody for those that do', async () => {
  let isFree = false;
  const launched: string[] = [];
  const asked: boolean[] = [];
  const { supervisor } = supervise('good', {
    areRightsFree: async () => isFree,
    prepareLaunchWithRights: async () => {
      launched.push('with-rights');
      return launch('with-rights');
    },
    bringUp: async (_calls, _status, { mayAsk }) => void asked.push(mayAsk),
  });
  await supervisor.start();
  expect(await supervisor.requestRights({ mayAsk: false })).toMatchObject({ canFreeze: false, refused: false });
  expect(launched).toEqual([]);
  isFree = true;
  expect(await supervisor.requestRights({ mayAsk: false })).toMatchObject({
    canFreeze: true,
    refused: false,
    scheduledStillPoints: true,
    explanation: '',
  });
  // Neither helper may ask for what it is told at its start.
  expect(asked).toEqual([false, false]);
});

it('goes on with its own rights when a silent start could not carry everything over, and says what', async () => {
  const { supervisor } = supervise('good', {
    areRightsFree: async () => true,
    bringUp: async (_calls, { uid }) => {
      if (uid === 0) throw new Error('Documents changed since');
    },
  });
  await supervisor.start();
  const state = await supervisor.requestRights({ mayAsk: false });
  expect(state).toMatchObject({ state: 'ready', canFreeze: false, refused: false, canAskForRights: true });
  expect(state.explanation).toContain('Documents changed since');
  expect(await supervisor.call('sources.list', {})).toEqual([]);
});

it('fails no silent start: what goes wrong is in the log', async () => {
  const { supervisor, log } = supervise('good', {
    areRightsFree: async () => true,
    prepareLaunchWithRights: async () => launch('refused'),
  });
  await supervisor.start();
  expect(await supervisor.requestRights({ mayAsk: false })).toMatchObject({
    refused: false,
    explanation: expect.any(String),
  });
  expect(log.join('\n')).toMatch(/without a question, and were not/);
});

it('looks again before a scheduled run whether rights can be had unasked, and only then', async () => {
  let isFree = false;
  let looked = 0;
  let runs = 0;
  const { supervisor, log } = supervise('good', {
    areRightsFree: async () => {
      looked += 1;
      return isFree;
    },
  });
  await supervisor.start();
  const run = async (trigger: 'person' | 'schedule'): Promise<boolean> => {
    const cancel = new AbortController();
    const ended = supervisor.call('backup.run', { ...backup, trigger }, { signal: cancel.signal });
    // It lasts until it is cancelled.
    runs += 1;
    const begun = (): string[] => log.filter((line) => line.startsWith('a run began'));
    await expect.poll(() => begun().length, { timeout: 10_000 }).toBe(runs);
    cancel.abort();
    expect(await ended).toMatchObject({ outcome: 'cancelled' });
    return begun().at(-1) === 'a run began as with-rights';
  };
  expect(await run('schedule')).toBe(false);
  isFree = true;
  expect(await run('person')).toBe(false);
  expect(looked).toBe(1);
  expect(await run('schedule')).toBe(true);
});

it('does not put off a person who asks with what a silent start found', async () => {
  const found = Promise.withResolvers<boolean>();
  const { supervisor } = supervise('good', { areRightsFree: () => found.promise });
  await supervisor.start();
  const silent = supervisor.requestRights({ mayAsk: false });
  const asked = supervisor.requestRights();
  found.resolve(false);
  expect(await silent).toMatchObject({ canFreeze: false });
  expect(await asked).toMatchObject({ canFreeze: true });
});

it('takes rights back by itself after their helper crashed, where that needs no question', async () => {
  let starts = 0;
  const { supervisor } = supervise('good', {
    areRightsFree: async () => true,
    prepareLaunchWithRights: async () => {
      starts += 1;
      return launch(starts === 1 ? 'with-rights-crashes' : 'with-rights');
    },
  });
  await supervisor.start();
  await supervisor.requestRights({ mayAsk: false });
  await expect(supervisor.call('sources.list', {})).rejects.toMatchObject({ kind: 'helper-crashed' });
  await expect.poll(() => supervisor.state, { timeout: 10_000 }).toMatchObject({ state: 'ready', canFreeze: true });
  expect(supervisor.state.explanation).toBe('');
  expect(starts).toBe(2);
});

it('says why when the installed copy may not be used', async () => {
  const { supervisor } = supervise('good', {
    prepareLaunchWithRights: () => Promise.reject(new Error('the copy belongs to somebody else')),
  });
  await supervisor.start();
  await expect(supervisor.requestRights()).rejects.toThrow(/belongs to somebody else/);
  expect(supervisor.state).toMatchObject({ state: 'ready', refused: false });
});
