import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { repositoryIdSchema, runIdSchema } from '../../../shared/domain/ids.ts';
import type { RunEvent } from '../../../shared/domain/run.ts';
import type { HelperContext } from './context.ts';
import { type HeldTurn, type TurnOptions, Turns } from './repositories/turns.ts';
import { restoreHandlers } from './restore-handlers.ts';

const repositoryId = repositoryIdSchema.parse('a'.repeat(64));
const runId = runIdSchema.parse('1'.repeat(32));

it('says for whom a restore waits, and lets go at once when it is cancelled meanwhile', async () => {
  const turns = new Turns();
  const sessions = {
    inTurn: <T>(id: typeof repositoryId, work: (turn: HeldTurn) => Promise<T>, options?: TurnOptions) =>
      turns.take(id, work, options),
  };
  const restores = { record: () => ({ head: { repositoryId } }) };
  const handlers = restoreHandlers({ sessions, restores } as unknown as HelperContext);
  const { promise: goOn, resolve } = Promise.withResolvers<void>();
  const pruning = turns.take(repositoryId, () => goOn, {
    ...{ title: 'Prune R', signal: new AbortController().signal },
    ...{ waiting: (wait) => wait(), onWait: () => {} },
  });
  const cancel = new AbortController();
  const events: RunEvent[] = [];
  const undone = handlers['restore.undo'](
    { restoreRunId: runId, runId, askedAt: '2026-11-20T02:00:00Z' } as never,
    { signal: cancel.signal, emit: async (event: RunEvent) => void events.push(event) } as never,
  );
  const ended = undone.then(
    (result) => result.outcome,
    () => 'rejected',
  );
  await sleep(10);
  cancel.abort();
  try {
    expect(await Promise.race([ended, sleep(5_000, 'still waiting')])).toBe('cancelled');
    const notes = events.flatMap((event) => (event.type === 'note' ? [event.text] : []));
    expect(notes).toEqual([expect.stringContaining('Waiting for “Prune R”')]);
  } finally {
    resolve();
    await pruning;
  }
});
