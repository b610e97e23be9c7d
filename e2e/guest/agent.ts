import { createConnection, type Socket } from 'node:net';
import { createInterface } from 'node:readline';

/** The guest did not answer in time. Whoever waits for it must end it. */
export class GuestSilent extends Error {
  override readonly name = 'GuestSilent';
}

interface Waiting {
  readonly id: number;
  resolve(value: unknown): void;
  reject(error: Error): void;
}

/** QEMU's guest agent, spoken to over a serial port of the machine: one question at a time. */
export class GuestAgent {
  readonly #socket: Socket;
  #waiting: Waiting | undefined;
  #failure: Error | undefined;
  #last = 0;
  #line: Promise<unknown> = Promise.resolve();

  constructor(socketPath: string) {
    this.#socket = createConnection(socketPath);
    this.#socket.on('error', (error) => this.#end(error));
    this.#socket.on('close', () => this.#end(new GuestSilent('the guest is gone')));
    const lines = createInterface({ input: this.#socket });
    lines.on('line', (text) => this.#hear(text));
    // It tells its input's errors once more.
    lines.on('error', () => {});
  }

  /** Rejects with `GuestSilent` after `timeoutMs`, and with what the agent says is wrong. */
  ask(command: string, args: Readonly<Record<string, unknown>>, timeoutMs: number): Promise<unknown> {
    const answer = this.#line.then(() => this.#askNow(command, args, timeoutMs));
    this.#line = answer.catch(() => {});
    return answer;
  }

  close(): void {
    this.#socket.destroy();
  }

  #askNow(command: string, args: Readonly<Record<string, unknown>>, timeoutMs: number): Promise<unknown> {
    return new Promise((resolve, reject) => {
      if (this.#failure !== undefined) return reject(this.#failure);
      const timer = setTimeout(
        () => this.#fail(new GuestSilent(`the guest did not answer ${command} within ${timeoutMs} ms`)),
        timeoutMs,
      );
      const settled =
        <T>(settle: (value: T) => void) =>
        (value: T): void => {
          clearTimeout(timer);
          settle(value);
        };
      const id = ++this.#last;
      this.#waiting = { id, resolve: settled(resolve), reject: settled(reject) };
      this.#socket.write(`${JSON.stringify({ execute: command, arguments: args, id })}\n`);
    });
  }

  #hear(text: string): void {
    const start = text.indexOf('{');
    const waiting = this.#waiting;
    if (start === -1 || waiting === undefined) return;
    const answer = JSON.parse(text.slice(start)) as { id?: number; return?: unknown; error?: { desc: string } };
    // What comes late belongs to a question that nobody waits for any more.
    if (answer.id !== waiting.id) return;
    this.#waiting = undefined;
    if (answer.error === undefined) waiting.resolve(answer.return);
    else waiting.reject(new Error(`the guest's agent: ${answer.error.desc}`));
  }

  #end(error: Error): void {
    this.#failure ??= error;
    this.#fail(error);
  }

  #fail(error: Error): void {
    const waiting = this.#waiting;
    this.#waiting = undefined;
    waiting?.reject(error);
  }
}
