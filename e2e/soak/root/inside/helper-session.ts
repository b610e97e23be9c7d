import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

interface Frame {
  readonly type: string;
  readonly id: number;
  readonly ok?: boolean;
  readonly event?: { readonly type: string } & Readonly<Record<string, unknown>>;
  readonly result?: unknown;
  readonly error?: { readonly kind?: string; readonly message?: string };
}

type OnEvent = (event: NonNullable<Frame['event']>) => void;

/** The product's helper as it stands in the tree, started as root on the root, and asked as main asks it. */
export class HelperSession {
  readonly process: ChildProcess;
  readonly #waiting = new Map<number, { answer(frame: Frame): void; fail(error: Error): void; onEvent: OnEvent }>();
  #last = 0;
  /** What it said last beside its answers: why it ended, where it ended by itself. */
  #said = '';

  constructor(program: string) {
    this.process = spawn(process.execPath, ['--no-warnings', program], { stdio: ['pipe', 'pipe', 'pipe'] });
    const { stdout, stderr } = this.process;
    if (stdout === null || stderr === null) throw new Error('a helper without output');
    stderr.on('data', (bytes: Buffer) => {
      this.#said = `${this.#said}${bytes}`.slice(-2000);
      process.stderr.write(bytes);
    });
    this.process.stdin?.on('error', () => {});
    // Its last words may come a moment later; a guard of its own may keep the pipe open for longer.
    this.process.on('exit', (code, signal) => {
      setTimeout(() => this.#failAll(`the helper ended: ${code ?? signal}${this.#said && `: ${this.#said}`}`), 200);
    });
    createInterface({ input: stdout }).on('line', (line) => this.#hear(JSON.parse(line) as Frame));
  }

  get hasEnded(): boolean {
    return this.process.exitCode !== null || this.process.signalCode !== null;
  }

  get pid(): number {
    return this.process.pid ?? -1;
  }

  /** Rejects with the helper's own words, and when it ends. `cancelAfterMs`: thought better of after so long. */
  async ask<T>(
    command: string,
    params: object,
    onEvent: OnEvent = () => {},
    { cancelAfterMs }: { readonly cancelAfterMs?: number } = {},
  ): Promise<T> {
    const id = ++this.#last;
    console.error(`asked: ${command}`);
    const { promise, resolve, reject } = Promise.withResolvers<Frame>();
    this.#waiting.set(id, { answer: resolve, fail: reject, onEvent });
    this.process.stdin?.write(`${JSON.stringify({ type: 'request', id, command, params })}\n`);
    const cancel = (): void => void this.process.stdin?.write(`${JSON.stringify({ type: 'cancel', id })}\n`);
    const timer = cancelAfterMs === undefined ? undefined : setTimeout(cancel, cancelAfterMs);
    const { ok, result, error } = await promise.finally(() => clearTimeout(timer));
    console.error(`answered: ${command} ${JSON.stringify(ok === true ? result : error).slice(0, 500)}`);
    if (ok !== true) throw new Error(`${command}: ${error?.kind ?? ''} ${error?.message ?? 'refused'}`);
    return result as T;
  }

  #failAll(why: string): void {
    for (const { fail } of this.#waiting.values()) fail(new Error(why));
    this.#waiting.clear();
  }

  #hear(frame: Frame): void {
    const waiting = this.#waiting.get(frame.id);
    if (frame.type === 'event' && frame.event !== undefined) {
      const { type, phase, text } = frame.event;
      if (type !== 'progress') console.error(`told: ${type} ${String(phase ?? text ?? '')}`);
      waiting?.onEvent(frame.event);
    }
    if (frame.type !== 'response') return;
    this.#waiting.delete(frame.id);
    waiting?.answer(frame);
  }
}
