import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

export type Told = { readonly event: string } & Readonly<Record<string, unknown>>;

/** A process of ours that speaks in lines of JSON. */
export class TalkingChild {
  readonly process: ChildProcess;
  readonly #heard: Told[] = [];
  readonly #waiting = new Set<() => void>();

  constructor(program: string, args: readonly string[]) {
    this.process = spawn(process.execPath, ['--no-warnings', program, ...args], { stdio: ['pipe', 'pipe', 'inherit'] });
    this.process.stdin?.on('error', () => {});
    this.process.on('exit', () => this.#wake());
    if (this.process.stdout === null) throw new Error('a child without output');
    createInterface({ input: this.process.stdout }).on('line', (line) => {
      this.#heard.push(JSON.parse(line) as Told);
      this.#wake();
    });
  }

  get pid(): number {
    return this.process.pid ?? -1;
  }

  get hasEnded(): boolean {
    return this.process.exitCode !== null || this.process.signalCode !== null;
  }

  tell(line: string): void {
    this.process.stdin?.write(`${line}\n`);
  }

  /** The next of these, whatever came before; undefined when none comes in time. */
  hear(events: readonly string[], timeoutMs: number): Promise<Told | undefined> {
    return new Promise((resolve) => {
      const look = (): void => {
        const at = this.#heard.findIndex(({ event }) => events.includes(event));
        if (at >= 0) settle(this.#heard.splice(0, at + 1).at(-1));
        else if (this.hasEnded) settle(undefined);
      };
      const settle = (found: Told | undefined): void => {
        clearTimeout(timer);
        this.#waiting.delete(look);
        resolve(found);
      };
      const timer = setTimeout(() => settle(undefined), timeoutMs);
      this.#waiting.add(look);
      look();
    });
  }

  #wake(): void {
    for (const look of [...this.#waiting]) look();
  }
}
