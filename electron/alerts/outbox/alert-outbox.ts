import type { Alert, AlertChannel } from '../../../shared/domain/alerts.ts';
import { asStillpointError, isStillpointError } from '../../../shared/errors/index.ts';
import type { AlertAdapter } from '../contract.ts';
import { OutboxFolder } from './outbox-folder.ts';
import { longestPause, pauseAfter, worthUntil } from './pauses.ts';
import type { ChannelState, Waiting } from './stored.ts';

export type { ChannelState } from './stored.ts';

export interface ReachableChannel {
  readonly channel: AlertChannel;
  readonly secret: string | null;
}

export interface OutboxOptions {
  /** Made if need be, for the user alone. */
  readonly folder: string;
  readonly adapter: AlertAdapter;
  /** The channels as they are now; what waits for one that is gone or off is dropped. */
  readonly channels: () => Promise<readonly ReachableChannel[]>;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  readonly report: (what: string, error: unknown) => void;
}

/** More are not kept for one channel: the oldest is given up. */
const mostWaiting = 100;

/**
 * Alerts on their way to somebody who is away. What was put in survives the end of the process, is tried again with
 * growing pauses, and leaves a channel in the order in which it came. At least once: a crash between the answer of the
 * other side and its removal sends an alert again.
 */
export class AlertOutbox {
  readonly #options: OutboxOptions;
  readonly #folder: OutboxFolder;
  readonly #sending = new Map<string, Promise<void>>();

  constructor(options: OutboxOptions) {
    this.#options = options;
    this.#folder = new OutboxFolder(options.folder, options.report);
  }

  /** Keeps an alert for each of the channels; of the same event of the same source only the newest. It sends nothing yet. */
  async put(alert: Alert, channelIds: readonly string[]): Promise<void> {
    const putAt = this.#options.now();
    for (const channelId of channelIds) await this.#folder.put({ version: 1, channelId, alert, putAt });
    await this.#keepBounds(channelIds);
  }

  /**
   * Sends what is due. `anyway`: also what would wait longer, because the network or a password is there again, or somebody
   * changed a channel. Never rejects for what could not be sent: that is in the states.
   */
  async flush(signal: AbortSignal, anyway = false): Promise<void> {
    const waiting = await this.#folder.list();
    const channels = await this.#options.channels();
    const ids = [...new Set(waiting.map(({ channelId }) => channelId))];
    await Promise.all(
      ids.map(async (id) => {
        const reachable = channels.find(({ channel }) => channel.id === id && channel.enabled);
        if (reachable === undefined) await this.#folder.forget(id);
        else await this.#oneAtATime(id, () => this.#flushChannel(reachable, signal, anyway));
      }),
    );
  }

  /** When `flush` has something to do next; null: nothing waits. */
  async nextAt(): Promise<number | null> {
    const ids = new Set((await this.#folder.list()).map(({ channelId }) => channelId));
    const states = await Promise.all([...ids].map((id) => this.#folder.state(id)));
    const times = states.map((state) => this.#dueAt(state));
    return times.length === 0 ? null : Math.min(...times);
  }

  async state(channelId: string): Promise<ChannelState & { readonly waiting: number }> {
    const waiting = (await this.#folder.list()).filter((entry) => entry.channelId === channelId).length;
    return { ...(await this.#folder.state(channelId)), waiting };
  }

  /** A message was sent or refused beside the outbox (the test button): the channel shows it. */
  async note(channelId: string, outcome: { readonly answer: string } | { readonly error: unknown }): Promise<void> {
    const state = await this.#folder.state(channelId);
    const triedAt = this.#options.now();
    const fresh = 'answer' in outcome ? takenState(state, outcome.answer) : refusedState(state, outcome.error);
    await this.#folder.setState({ ...fresh, triedAt, failures: 0, nextAt: null });
  }

  /** The channel was removed: nothing waits for it any more. */
  async forget(channelId: string): Promise<void> {
    await this.#folder.forget(channelId);
  }

  async #flushChannel({ channel, secret }: ReachableChannel, signal: AbortSignal, anyway: boolean): Promise<void> {
    const { adapter, now } = this.#options;
    let state = await this.#folder.state(channel.id);
    if (!anyway && this.#dueAt(state) > now()) return;
    for (const entry of (await this.#folder.list()).filter(({ channelId }) => channelId === channel.id)) {
      if (signal.aborted) return;
      if (now() > worthUntil(entry.alert.event, entry.putAt)) {
        state = await this.#giveUp(entry, state);
        continue;
      }
      try {
        const { answer } = await adapter.send(entry.alert, channel, secret, signal);
        state = { ...takenState(state, answer), triedAt: now() };
        await this.#folder.setState(state);
        await this.#folder.remove(entry);
      } catch (error) {
        // Nothing was learnt of the channel.
        if (signal.aborted || isStillpointError(error, 'cancelled')) return;
        const failures = state.failures + 1;
        const failed = {
          ...refusedState(state, error),
          failures,
          triedAt: now(),
          nextAt: now() + pauseAfter(failures),
        };
        await this.#folder.setState(failed);
        return;
      }
    }
  }

  /** A clock that was set back must not stop a channel for longer than the longest pause. */
  #dueAt({ nextAt, triedAt }: ChannelState): number {
    const now = this.#options.now();
    if (nextAt === null) return now;
    return (triedAt !== null && triedAt > now) || nextAt > now + longestPause ? now : nextAt;
  }

  async #giveUp(entry: Waiting, state: ChannelState): Promise<ChannelState> {
    const fresh = { ...state, givenUp: state.givenUp + 1 };
    await this.#folder.setState(fresh);
    await this.#folder.remove(entry);
    return fresh;
  }

  async #keepBounds(channelIds: readonly string[]): Promise<void> {
    const waiting = await this.#folder.list();
    for (const id of channelIds) {
      const own = waiting.filter(({ channelId }) => channelId === id);
      for (const entry of own.slice(0, Math.max(0, own.length - mostWaiting))) {
        await this.#giveUp(entry, await this.#folder.state(id));
      }
    }
  }

  /** Two flushes at once would send the same twice. */
  async #oneAtATime(id: string, work: () => Promise<void>): Promise<void> {
    const before = this.#sending.get(id) ?? Promise.resolve();
    const after = before.then(work);
    const settled = after.catch(() => undefined);
    this.#sending.set(id, settled);
    try {
      await after;
    } finally {
      if (this.#sending.get(id) === settled) this.#sending.delete(id);
    }
  }
}

function takenState(state: ChannelState, answer: string): ChannelState {
  return { ...state, failures: 0, nextAt: null, lastResult: answer, lastFailed: false };
}

function refusedState(state: ChannelState, error: unknown): ChannelState {
  return { ...state, lastResult: asStillpointError(error).message, lastFailed: true };
}
