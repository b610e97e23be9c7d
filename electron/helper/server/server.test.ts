import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { StillpointError } from '../../../shared/errors/index.ts';
import { type HelperFrame, helperFrameSchema, maxFrameBytes } from '../../../shared/helper/frames.ts';
import type { Authority } from './dispatch.ts';
import { serve } from './server.ts';
import type { Handlers } from './service.ts';

const allowAll: Authority = { require: async () => {} };

function start(handlers: Partial<Handlers>, authority: Authority = allowAll, log: (line: string) => void = () => {}) {
  const input = new PassThrough();
  const output = new PassThrough();
  const frames: HelperFrame[] = [];
  const waiting: { readonly match: (frame: HelperFrame) => boolean; readonly resolve: (frame: HelperFrame) => void }[] =
    [];
  let rest = '';
  output.on('data', (piece: Buffer) => {
    const lines = (rest + piece.toString()).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) {
      const frame = helperFrameSchema.parse(JSON.parse(line));
      frames.push(frame);
      for (const wait of waiting) if (wait.match(frame)) wait.resolve(frame);
    }
  });
  const closed = serve({ input, output, handlers: handlers as Handlers, authority, version: 'test', log });
  const responseTo = (id: number): Promise<HelperFrame> =>
    new Promise((resolve) => {
      const match = (frame: HelperFrame): boolean => frame.type === 'response' && frame.id === id;
      const there = frames.find(match);
      if (there) resolve(there);
      else waiting.push({ match, resolve });
    });
  const ask = (id: number, command: string, params: unknown, extra: object = {}): Promise<HelperFrame> => {
    input.write(`${JSON.stringify({ type: 'request', id, command, params, ...extra })}\n`);
    return responseTo(id);
  };
  return { input, frames, ask, responseTo, closed };
}

const status = {
  protocol: 2,
  version: 'test',
  pid: 1,
  uid: 0,
  callerUid: 0,
  canFreeze: false,
  scheduledStillPoints: false,
  cannotFreezeBecause: 'a test',
  hostname: 'h',
  kernel: 'k',
};

describe('serve', () => {
  it('greets, answers and ends with its input', async () => {
    const client = start({ 'helper.status': async () => status });
    expect(await client.ask(1, 'helper.status', {})).toMatchObject({ ok: true, result: status });
    expect(client.frames[0]).toMatchObject({ type: 'hello', protocol: 2 });
    client.input.end();
    await client.closed;
  });

  it('names the field that is wrong, before any right is asked for', async () => {
    const authority: Authority = { require: () => Promise.reject(new Error('must not be asked')) };
    const client = start({}, authority);
    const answer = await client.ask(1, 'sources.add', {
      name: '',
      spec: { kind: 'filesystem', path: 'relative', excludes: [], excludePresets: [], ignoreLines: [] },
    });
    expect(answer).toMatchObject({ ok: false, error: { kind: 'bad-input', field: 'params.name' } });
    expect(await client.ask(2, 'helper.status', { extra: 1 })).toMatchObject({
      ok: false,
      error: { kind: 'bad-input' },
    });
    expect(await client.ask(3, 'rm -rf /', {})).toMatchObject({ ok: false, error: { kind: 'protocol' } });
  });

  it('does not run a command whose right is refused', async () => {
    const refuse: Authority = {
      require: async () => {
        throw new StillpointError({ kind: 'authorization-refused', message: 'No.', guidance: 'Ask.' });
      },
    };
    let ran = false;
    const client = start(
      {
        'sources.list': async () => {
          ran = true;
          return [];
        },
      },
      refuse,
    );
    expect(await client.ask(1, 'sources.list', {})).toMatchObject({
      ok: false,
      error: { kind: 'authorization-refused' },
    });
    expect(ran).toBe(false);
  });

  it('cancels by id, and everything when the client goes away', async () => {
    const aborted: number[] = [];
    let count = 0;
    const client = start({
      'sources.list': (_params, { signal }) => {
        const which = ++count;
        return new Promise((_, reject) =>
          signal.addEventListener('abort', () => {
            aborted.push(which);
            reject(signal.reason);
          }),
        );
      },
    });
    const first = client.ask(1, 'sources.list', {});
    client.ask(2, 'sources.list', {});
    client.input.write(`${JSON.stringify({ type: 'cancel', id: 1 })}\n`);
    expect(await first).toMatchObject({ ok: false, error: { kind: 'cancelled' } });
    client.input.end();
    await client.closed;
    expect(aborted).toEqual([1, 2]);
  });

  it('does nothing for whoever went away while a person was asked', async () => {
    const question = Promise.withResolvers<void>();
    let ran = false;
    const handlers: Partial<Handlers> = {
      'sources.list': async () => {
        ran = true;
        return [];
      },
    };
    const client = start(handlers, { require: () => question.promise });
    const answer = client.ask(1, 'sources.list', {});
    client.input.end();
    setTimeout(question.resolve, 20);
    expect(await answer).toMatchObject({ ok: false, error: { kind: 'cancelled' } });
    await client.closed;
    expect(ran).toBe(false);
  });

  it('says when there is too much: requests at once, and an answer in one piece', async () => {
    const client = start({
      'sources.list': () => new Promise(() => {}),
      'helper.status': async () => ({ ...status, hostname: 'h'.repeat(maxFrameBytes) }),
    });
    expect(await client.ask(100, 'helper.status', {})).toMatchObject({ ok: false, error: { kind: 'protocol' } });
    for (let id = 1; id <= 64; id++) void client.ask(id, 'sources.list', {});
    expect(await client.ask(65, 'sources.list', {})).toMatchObject({
      ok: false,
      error: { kind: 'busy', retryable: true },
    });
  });

  it('does not stay for what never ends', async () => {
    const input = new PassThrough();
    const lines: string[] = [];
    const handlers: Partial<Handlers> = { 'backup.run': () => new Promise(() => {}) };
    const rest = { handlers: handlers as Handlers, authority: allowAll, version: 'test', leaveMs: 20 };
    const served = serve({ input, output: new PassThrough(), log: (line) => lines.push(line), ...rest });
    const params = { sourceId: 'photos', runId: '1'.repeat(32), askedAt: '2026-11-20T02:00:00Z' };
    input.end(`${JSON.stringify({ type: 'request', id: 1, command: 'backup.run', params })}\n`);
    await served;
    expect(lines.join()).toMatch(/1 of what was under way/);
  });

  it('puts nothing of a broken message into its log', async () => {
    const lines: string[] = [];
    const client = start({}, allowAll, (line) => lines.push(line));
    client.input.write('{"params":{"password":hunter2}}\n');
    await client.closed;
    expect(lines.join()).toMatch(/not JSON/);
    expect(lines.join()).not.toMatch(/hunter/);
  });

  it('waits for a client that reads slowly, and gives up one that does not read at all', async () => {
    const input = new PassThrough();
    const output = new PassThrough();
    const lines: string[] = [];
    let told = 0;
    const handlers: Partial<Handlers> = {
      'snapshots.paths': async (_params, { emit }) => {
        for (; told < 100; told++) {
          await emit({ type: 'paths', entries: [{ path: 'x'.repeat(60_000), type: 'file', size: 0, modifiedAt: '' }] });
        }
        return { total: told };
      },
      'sources.list': () => Promise.reject(new Error('x'.repeat(4_000_000))),
    };
    const log = (line: string): void => void lines.push(line.slice(0, 100));
    const served = serve({ input, output, handlers: handlers as Handlers, authority: allowAll, version: 'test', log });
    const write = (id: number, command: string, params: object): boolean =>
      input.write(`${JSON.stringify({ type: 'request', id, command, params })}\n`);
    write(1, 'snapshots.paths', { repositoryId: 'a'.repeat(64), snapshotId: 'b'.repeat(64) });
    await expect.poll(() => told).toBeGreaterThan(0);
    expect(told).toBeLessThan(100);
    // Nothing is read: what is asked for all the same is not kept without an end.
    for (let id = 2; id < 90; id++) {
      write(id, 'sources.list', {});
      await new Promise((resolve) => setImmediate(resolve));
    }
    await served;
    expect(lines.join()).toMatch(/not read/);
  });

  it('keeps a deadline even when the work ignores it', async () => {
    const client = start({ 'sources.list': () => new Promise(() => {}) });
    const answer = await client.ask(1, 'sources.list', {}, { deadlineMs: 20 });
    expect(answer).toMatchObject({ ok: false, error: { kind: 'deadline-exceeded', retryable: true } });
  });

  it.each([
    ['no JSON', 'hello\n'],
    ['an unknown frame', '{"type":"exec","id":1}\n'],
    ['a frame without end', 'x'.repeat(maxFrameBytes + 1)],
  ])('ends the connection on %s', async (_, text) => {
    const client = start({});
    client.input.write(text);
    await client.closed;
    expect(client.frames.every((frame) => frame.type === 'hello')).toBe(true);
  });

  it('refuses an id that is in use and a result that its schema does not know', async () => {
    const client = start({
      'sources.list': () => new Promise(() => {}),
      'helper.status': async () => ({ ...status, pid: 'one' }) as never,
    });
    client.ask(7, 'sources.list', {});
    expect(await client.ask(7, 'helper.status', {})).toMatchObject({
      ok: false,
      error: { kind: 'protocol', field: 'id' },
    });
    expect(await client.ask(8, 'helper.status', {})).toMatchObject({ ok: false, error: { kind: 'internal' } });
  });
});
