import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { RunEvent, RunResult } from '../../shared/domain/run.ts';
import { helperProgramOptions } from '../../shared/helper/program-options.ts';
import { endProcess } from './end-process.ts';
import { root } from './tree.ts';

/** One backup as main sees it. */
export interface SessionBackup {
  readonly result: RunResult;
  /** Of this process's clock: from asking to the answer. */
  readonly wallMs: number;
  readonly events: readonly RunEvent[];
  /** When writers were held, wall clock, ms since the epoch; null when nobody was. */
  readonly held: { readonly fromMs: number; readonly toMs: number } | null;
}

/** One built helper in a process of its own that goes on from backup to backup, as it does beside the app. */
export interface HelperSession extends AsyncDisposable {
  readonly pid: number;
  backup(sourceId: string, onEvent?: (event: RunEvent) => void): Promise<SessionBackup>;
}

interface Frame {
  readonly type: string;
  readonly id: number;
  readonly ok?: boolean;
  readonly event?: RunEvent;
  readonly result?: unknown;
  readonly error?: unknown;
}

export async function openHelperSession(options: {
  readonly environment: Readonly<Record<string, string>>;
  readonly repositoryId: string;
  readonly password: string;
}): Promise<HelperSession> {
  const child = spawn(process.execPath, [...helperProgramOptions, join(root, 'out/helper/helper.js')], {
    stdio: ['pipe', 'pipe', 'inherit'],
    env: { ...process.env, ...options.environment },
  });
  const waiting = new Map<number, { answer: (frame: Frame) => void; event: (event: RunEvent) => void }>();
  let last = 0;
  createInterface({ input: child.stdout }).on('line', (line) => {
    const frame = JSON.parse(line) as Frame;
    const asker = waiting.get(frame.id);
    if (frame.type === 'event' && frame.event !== undefined) asker?.event(frame.event);
    if (frame.type === 'response') asker?.answer(frame);
  });
  const ask = async (command: string, params: object, onEvent: (event: RunEvent) => void): Promise<unknown> => {
    const id = ++last;
    const answered = Promise.withResolvers<Frame>();
    waiting.set(id, { answer: answered.resolve, event: onEvent });
    const onExit = (): void => answered.reject(new Error(`the helper ended during ${command}`));
    child.once('exit', onExit);
    try {
      child.stdin.write(`${JSON.stringify({ type: 'request', id, command, params })}\n`);
      const { ok, result, error } = await answered.promise;
      if (ok !== true) throw new Error(`${command}: ${JSON.stringify(error)}`);
      return result;
    } finally {
      child.off('exit', onExit);
      waiting.delete(id);
    }
  };
  await ask('repositories.unlock', { id: options.repositoryId, password: options.password }, () => {});
  return {
    pid: child.pid ?? -1,
    async backup(sourceId, onEvent = () => {}) {
      const events: RunEvent[] = [];
      const runId = randomBytes(16).toString('hex');
      const startedAt = performance.now();
      const params = { sourceId, runId, askedAt: new Date().toISOString() };
      const result = (await ask('backup.run', params, (event) => {
        events.push(event);
        onEvent(event);
      })) as RunResult;
      const wallMs = performance.now() - startedAt;
      const event = events.findLast((each) => each.type === 'held');
      const held =
        event === undefined
          ? null
          : { fromMs: Date.parse(event.thawedAt) - event.stallMs, toMs: Date.parse(event.thawedAt) };
      return { result, wallMs, events, held };
    },
    async [Symbol.asyncDispose]() {
      child.stdin.end();
      await endProcess(child);
    },
  };
}
