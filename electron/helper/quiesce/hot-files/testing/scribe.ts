import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

/** A process that changes a file in the way it is told; see scribe.py. */
export interface Scribe extends AsyncDisposable {
  readonly pid: number;
  open(path: string, isDirect?: boolean): Promise<void>;
  close(): Promise<void>;
  /** Resolves when it is done; rejects with the error's code as its message. */
  change(way: string, offset: number, length: number): Promise<void>;
}

interface Answer {
  readonly done?: string;
  readonly code?: string;
  readonly text?: string;
}

/** Python: its standard library makes nearly all of these calls, and ctypes the others. */
export function startScribe(): Scribe {
  const program = fileURLToPath(new URL('./scribe.py', import.meta.url));
  const child = spawn('/usr/bin/python3', [program], { stdio: ['pipe', 'pipe', 'inherit'], cwd: '/' });
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const answers = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  child.stdin.on('error', () => {});
  const tell = async (order: string): Promise<void> => {
    child.stdin.write(`${order}\n`);
    const { value, done } = await answers.next();
    if (done === true) throw new Error(`the scribe ended while it was told to ${order}`);
    const answer = JSON.parse(value) as Answer;
    if (answer.done === undefined) throw new Error(`${answer.code}: ${answer.text}`);
  };
  return {
    pid: child.pid ?? -1,
    open: (path, isDirect = false) => tell(`open ${path}${isDirect ? ' direct' : ''}`),
    close: () => tell('close'),
    change: (way, offset, length) => tell(`${way} ${offset} ${length}`),
    [Symbol.asyncDispose]: async () => {
      child.stdin.end();
      child.kill('SIGKILL');
      await ended;
    },
  };
}
