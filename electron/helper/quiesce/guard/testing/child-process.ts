import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

type Message = { readonly event: string } & Readonly<Record<string, unknown>>;

/** A test's child process that tells what it does in lines of JSON and is told what to do in lines of text. */
export interface TalkingChild {
  readonly pid: number;
  readonly process: ChildProcess;
  tell(line: string): void;
  /** The next message of one of these kinds, or undefined when none comes in time or the child ends. */
  hear(events: readonly string[], timeoutMs: number): Promise<Message | undefined>;
  hasEnded(): boolean;
  ended(timeoutMs: number): Promise<boolean>;
}

export interface ChildIdentity {
  readonly uid?: number;
  readonly gid?: number;
}

/** Starts a file of this folder with Node. Its standard error is the test's. */
export function startChild(file: string, args: readonly string[], identity: ChildIdentity = {}): TalkingChild {
  const path = fileURLToPath(new URL(file, import.meta.url));
  const child = spawn(process.execPath, ['--no-warnings', path, ...args], {
    stdio: ['pipe', 'pipe', 'inherit'],
    cwd: '/',
    ...identity,
  });
  if (child.pid === undefined) throw new Error(`${file} did not start`);
  const heard: Message[] = [];
  const waiting = new Set<() => void>();
  const wake = (): void => {
    for (const each of [...waiting]) each();
  };
  let isOver = false;
  createInterface({ input: child.stdout }).on('line', (line) => {
    heard.push(JSON.parse(line) as Message);
    wake();
  });
  // 'exit' waits for nobody who may have inherited the pipe; what was written before is read all the same.
  child.on('exit', () => {
    isOver = true;
    setTimeout(wake, 50);
  });
  child.stdin.on('error', () => {});

  const until = <T>(look: () => T | undefined, timeoutMs: number): Promise<T | undefined> =>
    new Promise((resolve) => {
      const check = (): void => {
        const found = look();
        if (found !== undefined || isOver) settle(found);
      };
      const settle = (found: T | undefined): void => {
        clearTimeout(timer);
        waiting.delete(check);
        resolve(found);
      };
      const timer = setTimeout(() => settle(undefined), timeoutMs);
      waiting.add(check);
      const found = look();
      if (found !== undefined) settle(found);
    });

  return {
    pid: child.pid,
    process: child,
    tell: (line) => void child.stdin.write(`${line}\n`),
    hear: (events, timeoutMs) =>
      until(() => {
        const index = heard.findIndex((message) => events.includes(message.event));
        return index < 0 ? undefined : heard.splice(0, index + 1).at(-1);
      }, timeoutMs),
    hasEnded: () => isOver,
    ended: async (timeoutMs) => (await until(() => (isOver ? true : undefined), timeoutMs)) ?? isOver,
  };
}
