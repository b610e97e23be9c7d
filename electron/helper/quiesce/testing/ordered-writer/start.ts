import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { WriterOrders, WriterReport } from './program.ts';

export interface OrderedWriter extends AsyncDisposable {
  readonly pid: number;
  /** Steps known to be complete. */
  stepsSoFar(): number;
  /** False once it has ended, or was told to. */
  isRunning(): boolean;
  /** Resolves once at least this many steps are complete. */
  reached(steps: number): Promise<void>;
  /** Ends it after a whole step. `longestStepMs`: the longest a step was held up. */
  stop(): Promise<WriterReport>;
}

/** Starts the writer in an empty directory; resolves when everything it will change is there. */
export async function startOrderedWriter(orders: WriterOrders): Promise<OrderedWriter> {
  const program = fileURLToPath(new URL('./program.ts', import.meta.url));
  const child = fork(program, [], { execArgv: ['--no-warnings'], stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
  let last: WriterReport = { steps: 0, longestStepMs: 0 };
  let isStopping = false;
  const waiting = new Set<() => void>();
  const ready = Promise.withResolvers<void>();
  const exited = new Promise<number | null>((resolve) => child.once('exit', resolve));
  child.on('message', (message: 'ready' | WriterReport) => {
    if (message === 'ready') ready.resolve();
    else last = message;
    for (const look of waiting) look();
  });
  void exited.then((code) => {
    ready.reject(new Error(`the ordered writer ended with ${code}`));
    for (const look of waiting) look();
  });
  child.send(orders);
  await ready.promise;

  const stop = async (): Promise<WriterReport> => {
    isStopping = true;
    if (child.connected) child.send('stop');
    const code = await exited;
    if (code !== 0) throw new Error(`the ordered writer ended with ${code}`);
    return last;
  };
  return {
    pid: child.pid ?? -1,
    stepsSoFar: () => last.steps,
    isRunning: () => !isStopping && child.connected,
    reached: (steps) =>
      new Promise((resolve, reject) => {
        const look = (): void => {
          if (last.steps < steps && child.connected) return;
          waiting.delete(look);
          if (last.steps >= steps) resolve();
          else reject(new Error(`the ordered writer ended after ${last.steps} steps`));
        };
        waiting.add(look);
        look();
      }),
    stop,
    [Symbol.asyncDispose]: async () => void (await stop()),
  };
}
