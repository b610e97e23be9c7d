import { describe, expect, it } from 'vitest';
import type { RepositoryId, RunId } from '../../../shared/domain/ids.ts';
import type { Preflight } from '../../../shared/domain/preflight.ts';
import type { SerializedError } from '../../../shared/errors/index.ts';
import {
  canGoOn,
  type FirstRunEvent,
  type FirstRunState,
  firstRunReducer,
  firstState,
  stepsOf,
} from './first-run-state.ts';
import type { FirstPlace } from './parts.ts';

const source = {
  ...{ name: 'Home', nameTyped: false, path: '/home/ana' },
  ...{ excludes: [], excludePresets: [], ignoreText: '', others: [] },
};
const preflight = {} as Preflight;
const place = { path: '/media/disk/Stillpoint', wish: 'create' } as FirstPlace;
const password = { password: 'x', remember: true };
const repository = 'a'.repeat(64) as RepositoryId;
const error: SerializedError = { kind: 'wrong-password', message: 'no', guidance: '', retryable: true, context: {} };

function play(...events: FirstRunEvent[]): FirstRunState {
  return events.reduce(firstRunReducer, firstState(source));
}

const atPassword: FirstRunEvent[] = [
  { type: 'door', door: 'protect' },
  { type: 'preflight', preflight },
  { type: 'next' },
  { type: 'place', place },
  { type: 'next' },
];

describe('the first start', () => {
  it('leads through what, where and password to the sheet while the first backup runs', () => {
    const asked = play(...atPassword, { type: 'password', password });
    expect(asked.step).toBe('password');
    expect(canGoOn(asked)).toBe(true);
    const running = play(...atPassword, { type: 'working' }, { type: 'started', runId: 'b'.repeat(32) as RunId });
    expect(running).toMatchObject({ step: 'sheet', working: false });
  });

  it('asks for no source where repositories are continued', () => {
    expect(stepsOf('adopt')).toEqual(['where', 'password']);
    expect(play({ type: 'door', door: 'adopt' })).toMatchObject({ step: 'where', wish: 'adopt' });
  });

  it('does not go on before it knows what the source will get, and where it is kept', () => {
    expect(play({ type: 'door', door: 'protect' }, { type: 'next' }).step).toBe('what');
    expect(play(...atPassword.slice(0, 3), { type: 'next' }).step).toBe('where');
  });

  it('goes back to the doors, and drops the password on the way', () => {
    const back: FirstRunEvent = { type: 'back' };
    expect(play(...atPassword, { type: 'password', password }, back)).toMatchObject({ step: 'where', password: null });
    expect(play(...atPassword, back, back, back).step).toBe('doors');
  });

  it('stays at the password when it is wrong, and forgives when another one is typed', () => {
    const failed = play(...atPassword, { type: 'password', password }, { type: 'working' }, { type: 'failed', error });
    expect(failed).toMatchObject({ step: 'password', working: false, error });
    expect(firstRunReducer(failed, { type: 'password', password }).error).toBeNull();
  });

  it('keeps what was made, so that another attempt makes nothing twice and nobody walks back past it', () => {
    const half = play(
      ...atPassword,
      { type: 'working' },
      { type: 'repository', id: repository },
      { type: 'failed', error },
    );
    expect(half.repositoryId).toBe(repository);
    expect(firstRunReducer(half, { type: 'back' })).toBe(half);
  });

  it('asks for the place again when the wish changes', () => {
    expect(play(...atPassword.slice(0, 4), { type: 'wish', wish: 'adopt' })).toMatchObject({
      place: null,
      wish: 'adopt',
    });
  });
});
