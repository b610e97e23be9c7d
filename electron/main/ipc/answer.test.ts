import { expect, it, vi } from 'vitest';
import { StillpointError } from '../../../shared/errors/index.ts';
import { answer } from './answer.ts';
import type { Handlers } from './handlers.ts';

const runId = 'a'.repeat(32);
/** Only what a test calls is there; the rest must not be reached. */
const withHandlers = (handlers: Partial<Handlers>): Handlers => handlers as Handlers;

it('answers with the value of the handler', async () => {
  const handlers = withHandlers({ 'backup.start': async () => ({ runId: runId as never }) });
  expect(await answer(handlers, 'backup.start', { sourceId: 'photos' }, vi.fn())).toEqual({
    ok: true,
    value: { runId },
  });
});

it.each(['nothing.here', 'constructor', '__proto__', 7, null, undefined])('refuses the name %s', async (name) => {
  const got = await answer(withHandlers({}), name, {}, vi.fn());
  expect(got).toMatchObject({ ok: false, error: { kind: 'protocol' } });
});

it('names the field that does not fit and does not call the handler', async () => {
  const called = vi.fn();
  const got = await answer(withHandlers({ 'backup.start': called }), 'backup.start', { sourceId: '../x' }, vi.fn());
  expect(got).toMatchObject({ ok: false, error: { kind: 'bad-input', field: 'sourceId' } });
  expect(called).not.toHaveBeenCalled();
});

it('refuses parameters the contract does not know', async () => {
  const got = await answer(withHandlers({}), 'timeline.get', { surprise: 1 }, vi.fn());
  expect(got).toMatchObject({ ok: false, error: { kind: 'bad-input', field: 'surprise' } });
});

it('keeps an error of ours as it is, without reporting a defect', async () => {
  const report = vi.fn();
  const failing = async (): Promise<never> => {
    throw new StillpointError({ kind: 'wrong-password', message: 'No.', guidance: 'Try again.', field: 'Password' });
  };
  const got = await answer(withHandlers({ 'sources.list': failing }), 'sources.list', {}, report);
  expect(got).toMatchObject({
    ok: false,
    error: { kind: 'wrong-password', guidance: 'Try again.', field: 'Password' },
  });
  expect(report).not.toHaveBeenCalled();
});

it('reports a result that breaks the contract as a defect', async () => {
  const report = vi.fn();
  const wrong = withHandlers({ 'runs.cancel': async () => 'nonsense' as never });
  const got = await answer(wrong, 'runs.cancel', { runId }, report);
  expect(got).toMatchObject({ ok: false, error: { kind: 'internal' } });
  expect(report).toHaveBeenCalledOnce();
});

it('drops fields of a result that the contract does not name', async () => {
  const leaking = withHandlers({ 'app.pickFolder': async () => ({ path: '/x', secret: 'no' }) as never });
  expect(await answer(leaking, 'app.pickFolder', { title: 'Pick' }, vi.fn())).toEqual({
    ok: true,
    value: { path: '/x' },
  });
});
