import { expect, it, vi } from 'vitest';
import type { RunId } from '../../../shared/domain/ids.ts';
import type { RunResult } from '../../../shared/domain/run.ts';
import type { Source } from '../../../shared/domain/source.ts';
import { cancelled, StillpointError } from '../../../shared/errors/index.ts';
import { resultWithout } from '../../schedule/index.ts';
import { photosId, repositoryId, sources } from '../testing/world-data.ts';
import { AskedBackups, backupJob } from './backup-job.ts';
import type { HeldRun, RunRequest } from './run-service.ts';

const [source] = sources;
if (!source) throw new Error('the world has a source');
const id = 'a'.repeat(32) as RunId;
const done = resultWithout(id, 'done', 'Done.', null);

/** The schedule's answers, in order; `busy` is another program that runs the source. */
function asked(...answers: ('busy' | 'free')[]) {
  const requests: RunRequest[] = [];
  const runAsked = async (
    _source: Source,
    _id: RunId,
    perform: (askedAt: number) => Promise<RunResult>,
  ): Promise<RunResult> => {
    if (answers.shift() === 'free') return perform(0);
    const message = 'Photos is being backed up by the command line now.';
    throw new StillpointError({ kind: 'busy', message, guidance: '' });
  };
  const start = (request: RunRequest): RunId => {
    requests.push(request);
    return id;
  };
  const access = { call: vi.fn(), requireReady: vi.fn() };
  const backups = new AskedBackups({ active: [], start }, access, { poke: () => undefined, runAsked }, () => 0);
  return { backups, requests };
}

const run = (said: string[], signal = new AbortController().signal): HeldRun => ({
  runId: id,
  signal,
  say: (words) => void said.push(words),
});

it('waits with words while another program runs the source, and begins when that has ended', async () => {
  vi.useFakeTimers();
  try {
    const { backups, requests } = asked('busy', 'busy', 'free');
    backups.start(source);
    const said: string[] = [];
    const result = requests[0]?.hold?.(run(said), async () => done);
    await vi.advanceTimersByTimeAsync(10_000);
    expect(await result).toBe(done);
    expect(said).toEqual(Array.from({ length: 2 }, () => 'Photos is being backed up by the command line now.'));
  } finally {
    vi.useRealTimers();
  }
});

it('is withdrawn while it waits', async () => {
  const { backups, requests } = asked('busy', 'busy');
  backups.start(source);
  const abort = new AbortController();
  const result = requests[0]?.hold?.(run([], abort.signal), async () => done);
  abort.abort(cancelled());
  await expect(result).rejects.toMatchObject({ kind: 'cancelled' });
});

it('does not begin again what failed as busy itself', async () => {
  const { backups, requests } = asked('free', 'free');
  backups.start(source);
  const work = vi.fn(async () => {
    throw new StillpointError({ kind: 'busy', message: 'The repository is busy.', guidance: '' });
  });
  await expect(requests[0]?.hold?.(run([]), work)).rejects.toMatchObject({ kind: 'busy' });
  expect(work).toHaveBeenCalledTimes(1);
});

it('says who wants it, and asks only where a person does', async () => {
  const { backups, requests } = asked();
  backups.start(source);
  expect(requests[0]).toMatchObject({ trigger: 'person', sourceId: photosId, repositoryId, title: 'Back up Photos' });
});

it('gives the password to a helper that came in place of the one that was ready, once', async () => {
  const locked = new StillpointError({ kind: 'password-needed', message: 'Locked.', guidance: '' });
  const attempt = async (failures: number) => {
    let left = failures;
    const call = vi.fn(async () => {
      if (left === 0) return done;
      left -= 1;
      throw locked;
    });
    const requireReady = vi.fn();
    const { perform } = backupJob({ call, requireReady } as never, source, 'schedule');
    const { signal } = new AbortController();
    const result = perform({ runId: id, askedAt: 0 as never, signal, onEvent: () => undefined });
    return { result: await result.catch((error: unknown) => error), asked: requireReady.mock.calls.length };
  };
  expect(await attempt(1)).toEqual({ result: done, asked: 2 });
  expect(await attempt(2)).toEqual({ result: locked, asked: 2 });
});
