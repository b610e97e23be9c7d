import { expect, it } from 'vitest';
import type { CatalogProcessEvents } from './catalog-process.ts';
import { CatalogConnection } from './connection.ts';

/** Processes that are started and driven by hand. */
function manual(restartDelay: (crashes: readonly number[]) => number | undefined = () => 0) {
  const started: { events: CatalogProcessEvents; sent: { seq: number; name: string }[]; ended: boolean }[] = [];
  const opened: boolean[] = [];
  let now = 0;
  const connection = new CatalogConnection({
    start: (events) => {
      const process = { events, sent: [] as { seq: number; name: string }[], ended: false };
      started.push(process);
      return {
        send: (message) => process.sent.push(message as { seq: number; name: string }),
        end: () => {
          process.ended = true;
        },
      };
    },
    onOpened: (fresh) => opened.push(fresh),
    restartDelay,
    log: () => undefined,
    now: () => now,
  });
  connection.start();
  const latest = () => {
    const process = started.at(-1);
    if (!process) throw new Error('nothing was started');
    return process;
  };
  return {
    connection,
    started,
    opened,
    latest,
    open: (fresh = false) => latest().events.onMessage({ type: 'opened', fresh, problem: '' }),
    answer: (value: unknown) => {
      const seq = latest().sent.at(-1)?.seq;
      latest().events.onMessage({ type: 'answer', seq, ok: true, value });
    },
    pass: (ms: number) => {
      now += ms;
    },
  };
}

it('keeps what is asked until the catalog is open, a crash before that included', async () => {
  const { connection, latest, open, answer, started, opened } = manual();
  const asked = connection.call('runs.known', {});
  expect(latest().sent).toEqual([]);
  latest().events.onExit(1);
  await expect.poll(() => started.length).toBe(2);
  open(true);
  answer(['x']);
  expect(await asked).toEqual(['x']);
  expect(opened).toEqual([true]);
});

it('rejects what was under way when it crashes, and starts it again', async () => {
  const { connection, latest, open, started } = manual();
  open();
  const asked = connection.call('runs.known', {});
  latest().events.onExit(70);
  await expect(asked).rejects.toMatchObject({ kind: 'catalog-damaged', retryable: true });
  await expect.poll(() => started.length).toBe(2);
});

it('hands on errors as they are', async () => {
  const { connection, latest, open } = manual();
  open();
  const asked = connection.call('runs.known', {});
  const error = { kind: 'unknown-snapshot', message: 'No.', guidance: '', retryable: false, context: {} };
  latest().events.onMessage({ type: 'answer', seq: latest().sent[0]?.seq, ok: false, error });
  await expect(asked).rejects.toMatchObject({ kind: 'unknown-snapshot' });
});

it('gives up after too many crashes, and tries anew a minute later', async () => {
  const { connection, latest, open, answer, started, pass } = manual(() => undefined);
  latest().events.onExit(1);
  await expect(connection.call('runs.known', {})).rejects.toMatchObject({ kind: 'catalog-damaged' });
  expect(started).toHaveLength(1);
  pass(60_000);
  const asked = connection.call('runs.known', {});
  expect(started).toHaveLength(2);
  open();
  answer([]);
  expect(await asked).toEqual([]);
});

it('ends for good when told', async () => {
  const { connection, latest, open, started } = manual();
  open();
  const asked = connection.call('runs.known', {});
  connection.stop();
  latest().events.onExit(0);
  await expect(asked).rejects.toMatchObject({ kind: 'catalog-damaged' });
  expect({ ended: latest().ended, starts: started.length }).toEqual({ ended: true, starts: 1 });
});
