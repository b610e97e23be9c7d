import type { RepositoryId } from '../../../../shared/domain/ids.ts';
import { throwIfAborted } from '../../../../shared/errors/index.ts';

/** What those who wait are told, and how. */
export interface TurnOptions {
  /** As others that wait for it are told, e.g. "Prune Backups". */
  readonly title: string;
  readonly signal: AbortSignal;
  /** Runs what waits, e.g. as a phase of a run. */
  readonly waiting: (wait: () => Promise<void>) => Promise<void>;
  /** Called before it waits, and from then on now and then, with a sentence for people. */
  readonly onWait: (text: string, isNew: boolean) => void;
}

const tellEveryMs = 2_000;

interface Turn {
  readonly title: string;
  /** When it began, on the clock that never jumps; null while it waits itself. */
  startedMs: number | null;
  readonly ended: Promise<void>;
}

/** Jobs of one helper that write to the same repository go one after the other, in the order they came. */
export class Turns {
  readonly #last = new Map<RepositoryId, Turn>();
  readonly #running = new Map<RepositoryId, Turn>();

  async take<T>(id: RepositoryId, work: () => Promise<T>, options?: TurnOptions): Promise<T> {
    const before = this.#last.get(id);
    const { promise: ended, resolve: end } = Promise.withResolvers<void>();
    const turn: Turn = { title: options?.title ?? '', startedMs: null, ended };
    // Whoever comes after waits for all before, also where this one gives up.
    const behind = before === undefined ? ended : before.ended.then(() => ended);
    this.#last.set(id, { ...turn, ended: behind });
    try {
      if (before !== undefined) await this.#wait(id, before, options);
      turn.startedMs = performance.now();
      this.#running.set(id, turn);
      return await work();
    } finally {
      if (this.#running.get(id) === turn) this.#running.delete(id);
      end();
    }
  }

  async #wait(id: RepositoryId, before: Turn, options: TurnOptions | undefined): Promise<void> {
    if (options === undefined || !(await stillRuns(before.ended))) return before.ended;
    const { signal, waiting, onWait } = options;
    let named: Turn | undefined;
    const tell = (): void => {
      const running = this.#running.get(id);
      if (running === undefined) return;
      const seconds = Math.round((performance.now() - (running.startedMs ?? 0)) / 1000);
      const what = running.title === '' ? 'another run' : `“${running.title}”`;
      onWait(`Waiting for ${what}, which has been using the repository for ${seconds} s.`, running !== named);
      named = running;
    };
    const { promise: aborted, reject } = Promise.withResolvers<never>();
    const abort = (): void => {
      try {
        throwIfAborted(signal);
      } catch (error) {
        reject(error);
      }
    };
    signal.addEventListener('abort', abort, { once: true });
    const telling = setInterval(tell, tellEveryMs);
    try {
      throwIfAborted(signal);
      await waiting(async () => {
        tell();
        await Promise.race([before.ended, aborted]);
      });
    } finally {
      clearInterval(telling);
      signal.removeEventListener('abort', abort);
    }
  }
}

/** Whether it has not ended by the next turn of the event loop: who has just ended is not worth a word. */
function stillRuns(ended: Promise<void>): Promise<boolean> {
  return Promise.race([ended.then(() => false), new Promise<boolean>((resolve) => setImmediate(() => resolve(true)))]);
}
