import type { RepositoryId } from '../../../../shared/domain/ids.ts';
import { throwIfAborted } from '../../../../shared/errors/index.ts';
import type { OwnTurn } from '../../pipeline/own-turn.ts';

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

/** The right to use a repository now. `giveWay` rejects when it is cancelled meanwhile; the turn is then over. */
export type HeldTurn = OwnTurn;

const tellEveryMs = 2_000;

interface Entry {
  readonly title: string;
  /** When it began, on the clock that never jumps. */
  startedMs: number;
  isWaitingItself: boolean;
  wanted: AbortController;
  begin: () => void;
}

interface Queue {
  running: Entry | undefined;
  waiting: Entry[];
}

/** Jobs of one helper that write to the same repository go one after the other, in the order they came. */
export class Turns {
  readonly #queues = new Map<RepositoryId, Queue>();

  async take<T>(id: RepositoryId, work: (turn: HeldTurn) => Promise<T>, options?: TurnOptions): Promise<T> {
    const queue = this.#queueOf(id);
    const entry: Entry = {
      title: options?.title ?? '',
      startedMs: 0,
      isWaitingItself: false,
      wanted: new AbortController(),
      begin: () => {},
    };
    await enter(queue, entry, options);
    const turn: HeldTurn = {
      get wanted() {
        return entry.wanted.signal;
      },
      giveWay: async () => {
        leave(queue, entry);
        await enter(queue, entry, options);
      },
      whileWaiting: async (waits) => {
        entry.isWaitingItself = true;
        try {
          return await waits();
        } finally {
          entry.isWaitingItself = false;
        }
      },
    };
    try {
      return await work(turn);
    } finally {
      leave(queue, entry);
      if (queue.running === undefined && queue.waiting.length === 0) this.#queues.delete(id);
    }
  }

  /** Somebody who does not wait here wants the repository: whoever can do without it lets it go soon. */
  want(id: RepositoryId): void {
    this.#queues.get(id)?.running?.wanted.abort();
  }

  #queueOf(id: RepositoryId): Queue {
    const queue = this.#queues.get(id) ?? { running: undefined, waiting: [] };
    this.#queues.set(id, queue);
    return queue;
  }
}

function begin(queue: Queue, entry: Entry): void {
  queue.running = entry;
  entry.startedMs = performance.now();
  entry.wanted = new AbortController();
  if (queue.waiting.length > 0) entry.wanted.abort();
  entry.begin();
}

/** Nothing for who has no turn any more. */
function leave(queue: Queue, entry: Entry): void {
  if (queue.running !== entry) return;
  queue.running = undefined;
  const next = queue.waiting.shift();
  if (next) begin(queue, next);
}

async function enter(queue: Queue, entry: Entry, options: TurnOptions | undefined): Promise<void> {
  if (queue.running === undefined) return begin(queue, entry);
  const begun = new Promise<void>((resolve) => {
    entry.begin = resolve;
  });
  queue.waiting.push(entry);
  queue.running.wanted.abort();
  try {
    if (options === undefined) await begun;
    // Who has just ended is not worth a word.
    else if (!(await within(begun))) await wait(queue, entry, begun, options);
  } catch (error) {
    queue.waiting = queue.waiting.filter((other) => other !== entry);
    // It may have been its turn at that very moment.
    leave(queue, entry);
    throw error;
  }
}

async function wait(queue: Queue, entry: Entry, begun: Promise<void>, options: TurnOptions): Promise<void> {
  const { signal, waiting, onWait } = options;
  let named: Entry | undefined;
  const tell = (): void => {
    const { running } = queue;
    if (running === undefined || running === entry) return;
    onWait(wordsFor(running), running !== named);
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
      await Promise.race([begun, aborted]);
    });
  } finally {
    clearInterval(telling);
    signal.removeEventListener('abort', abort);
  }
}

function wordsFor({ title, startedMs, isWaitingItself }: Entry): string {
  const what = title === '' ? 'another run' : `“${title}”`;
  if (isWaitingItself)
    return `Waiting for ${what}, which waits for others that use the repository and lets this go first.`;
  const seconds = Math.round((performance.now() - startedMs) / 1000);
  return `Waiting for ${what}, which has been using the repository for ${seconds} s.`;
}

/** Whether it happens before the next turn of the event loop. */
function within(begun: Promise<void>): Promise<boolean> {
  return Promise.race([begun.then(() => true), new Promise<boolean>((resolve) => setImmediate(() => resolve(false)))]);
}
