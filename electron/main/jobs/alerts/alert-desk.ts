import { type Alert, type AlertChannel, channelWants } from '../../../../shared/domain/alerts.ts';
import { asStillpointError, StillpointError } from '../../../../shared/errors/index.ts';
import type { AlertChannelView } from '../../../../shared/ipc/alerts.ts';
import type { RunView } from '../../../../shared/ipc/runs.ts';
import type { SourceView } from '../../../../shared/ipc/sources.ts';
import { type AlertAdapter, AlertOutbox, testAlert } from '../../../alerts/index.ts';
import type { Situation } from '../everyday.ts';
import type { Clock } from '../ports.ts';
import { alertsFor, successAlert, type ToldOf } from './alerts-for.ts';
import { sameDestination } from './same-destination.ts';

/** Channels and their secrets, wherever they are kept. */
export interface ChannelStore {
  readonly list: readonly {
    readonly channel: AlertChannel;
    readonly hasSecret: boolean;
    readonly secretIsKept: boolean;
  }[];
  secretOf(id: string): string | undefined;
  save(channel: AlertChannel, secret: string | undefined): Promise<void>;
  remove(id: string): Promise<void>;
}

export interface AlertDeskOptions {
  readonly channels: ChannelStore;
  /** Where what was not delivered yet is kept. */
  readonly outboxFolder: string;
  readonly adapter: AlertAdapter;
  readonly told: ToldOf;
  /** Keeps what was told over a restart. */
  readonly keep: (told: ToldOf) => Promise<void>;
  readonly hostname: string;
  /** How a channel does has changed; windows look again. */
  readonly changed: () => void;
  readonly report: (what: string, error: unknown) => void;
  readonly now: Clock;
}

/** A person waits for the answer to a test. */
const testMs = 30_000;

/** Tells somebody who is away, over channels that may be out of reach for a while. */
export class AlertDesk {
  readonly #options: AlertDeskOptions;
  readonly #outbox: AlertOutbox;
  readonly #stopped = new AbortController();
  #told: ToldOf;
  #ended: RunView[] = [];
  #timer: NodeJS.Timeout | undefined;
  #sending: Promise<void> = Promise.resolve();

  constructor(options: AlertDeskOptions) {
    const { outboxFolder: folder, adapter, channels, report, now } = options;
    this.#options = options;
    this.#told = options.told;
    this.#outbox = new AlertOutbox({
      ...{ folder, adapter, report, now },
      channels: async () =>
        channels.list.map(({ channel }) => ({ channel, secret: channels.secretOf(channel.id) ?? null })),
    });
  }

  /** Nothing is sent any more; what waits is sent by the next start. */
  stop(): void {
    this.#stopped.abort();
    clearTimeout(this.#timer);
  }

  /** Resolves when nothing is being sent. */
  settled(): Promise<void> {
    return this.#sending;
  }

  /** A backup ended; whether it went well is judged when its snapshot is known. */
  ended(run: RunView): void {
    if (run.kind === 'backup' && (run.outcome === 'done' || run.outcome === 'warnings')) this.#ended.push(run);
  }

  /** Puts down what is to be told now, and goes on to send it. What cannot be put down is told at the next look. */
  async look(situation: Situation): Promise<void> {
    const { channels, hostname, keep } = this.#options;
    // Who adds a channel while something is wrong is told of it.
    if (!channels.list.some(({ channel }) => channel.enabled)) {
      this.#ended = [];
      return;
    }
    const { alerts, told } = alertsFor({ ...situation, hostname }, this.#told);
    const isAllSafe = situation.sources.every(isNotKnownUnsafe);
    for (const alert of [...alerts, ...this.#successes(situation)]) await this.#put(alert, isAllSafe);
    if (JSON.stringify(told) !== JSON.stringify(this.#told)) {
      this.#told = told;
      await keep(told);
    }
    this.send(false);
  }

  async list(): Promise<AlertChannelView[]> {
    return Promise.all(
      this.#options.channels.list.map(async (known) => {
        const { lastResult, lastFailed, waiting } = await this.#outbox.state(known.channel.id);
        const waits =
          waiting === 0 ? '' : ` ${waiting === 1 ? 'A message waits' : `${waiting} messages wait`} to be sent.`;
        return { ...known, lastResult: `${lastResult}${waits}`.trim(), lastFailed };
      }),
    );
  }

  async save(channel: AlertChannel, secret: string | undefined): Promise<AlertChannelView[]> {
    this.#requireSecret(channel, secret);
    await this.#options.channels.save(channel, secret);
    this.#options.changed();
    this.send(true);
    return this.list();
  }

  async remove(id: string): Promise<AlertChannelView[]> {
    await this.#options.channels.remove(id);
    await this.#outbox.forget(id);
    this.#options.changed();
    return this.list();
  }

  /** Sends a message now, and rejects with what was wrong. */
  async test(channel: AlertChannel, secret: string | undefined): Promise<{ answer: string }> {
    this.#requireSecret(channel, secret);
    const { adapter, channels, hostname, now, changed } = this.#options;
    const signal = AbortSignal.any([AbortSignal.timeout(testMs), this.#stopped.signal]);
    const isSaved = channels.list.some((known) => known.channel.id === channel.id);
    try {
      const { answer } = await adapter.send(
        testAlert(hostname, now()),
        channel,
        secret ?? channels.secretOf(channel.id) ?? null,
        signal,
      );
      if (isSaved) await this.#outbox.note(channel.id, { answer });
      return { answer };
    } catch (error) {
      if (isSaved) await this.#outbox.note(channel.id, { error });
      throw asStillpointError(error);
    } finally {
      if (isSaved) changed();
    }
  }

  /** Sends what is due, after what is being sent; `anyway` also what would wait longer, because something has changed. */
  send(anyway: boolean): void {
    const { report } = this.#options;
    this.#sending = this.#sending
      .then(() => this.#send(anyway))
      .catch((error) => report('telling somebody who is away', error));
  }

  async #send(anyway: boolean): Promise<void> {
    clearTimeout(this.#timer);
    const { now, changed } = this.#options;
    const before = await this.#outbox.nextAt();
    if (this.#stopped.signal.aborted || before === null || (!anyway && before > now())) return this.#later(before);
    await this.#outbox.flush(this.#stopped.signal, anyway);
    changed();
    this.#later(await this.#outbox.nextAt());
  }

  #later(at: number | null): void {
    if (at === null || this.#stopped.signal.aborted) return;
    this.#timer = setTimeout(() => this.send(false), Math.max(1_000, at - this.#options.now()));
    this.#timer.unref();
  }

  async #put(alert: Alert, isAllSafe: boolean): Promise<void> {
    const wanting = this.#options.channels.list.filter(({ channel }) => channelWants(channel, alert.event, isAllSafe));
    if (wanting.length > 0) {
      await this.#outbox.put(
        alert,
        wanting.map(({ channel }) => channel.id),
      );
    }
  }

  /**
   * Of sources that are safe by now; what a weaker run comes to is told by other words. It is judged later while nothing
   * can be said of its source.
   */
  #successes({ sources, mayCatchUp }: Situation): Alert[] {
    const { hostname } = this.#options;
    const isLater = ({ sourceId }: RunView): boolean => sourceId !== null && mayCatchUp.has(sourceId);
    const decided = this.#ended.filter((run) => !isLater(run));
    this.#ended = this.#ended.filter(isLater);
    return decided.flatMap((run) => {
      const source = sources.find(({ id }) => id === run.sourceId);
      return source?.health === 'safe' ? [successAlert(run, source.name, hostname)] : [];
    });
  }

  /** A secret goes to no other place than the one it was entered for. */
  #requireSecret(channel: AlertChannel, secret: string | undefined): void {
    if (secret !== undefined) return;
    const known = this.#options.channels.list.find((other) => other.channel.id === channel.id);
    if (!known?.hasSecret || sameDestination(known.channel, channel)) return;
    throw new StillpointError({
      kind: 'bad-input',
      message: 'The server is another one than the password or token was entered for.',
      guidance: 'Enter it again, so that it is not sent to a place it was not meant for.',
      field: 'secret',
    });
  }
}

/** A run that goes on says nothing against a source that was not late before. */
function isNotKnownUnsafe({ health, lateSince }: SourceView): boolean {
  return health === 'safe' || (health === 'running' && lateSince === null);
}
