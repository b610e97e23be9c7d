import { EventEmitter } from 'node:events';
import { Message, type MessageBus, MessageType, sessionBus } from '@jellybrick/dbus-next';
import { type BusCall, BusError, type BusSignal, busName } from './messages.ts';

export interface BusLinkOptions {
  /** Asked before each attempt: a bus may come later. Undefined: there is none now. */
  readonly address: () => string | undefined;
  readonly log: (line: string) => void;
}

/** How long a call may take unless it says otherwise. Milliseconds. */
const usualPatienceMs = 10_000;
const firstDelayMs = 1_000;
const longestDelayMs = 60_000;

type NameListener = (owner: string | undefined) => void;

interface Watched {
  readonly listeners: Set<NameListener>;
  /** Unique name of the owner; undefined: nobody owns it, or there is no bus. */
  owner: string | undefined;
  /** How often the bus told of a change by itself: an answer that was asked for before is older. */
  changes: number;
}

/**
 * One connection to a message bus that comes back when it is lost. Nothing here throws into the app: a bus that is not
 * there, goes away or says nonsense is a call that rejects and names without owners.
 */
export class BusLink {
  readonly #options: BusLinkOptions;
  readonly #watched = new Map<string, Watched>();
  readonly #signals = new Set<(signal: BusSignal) => void>();
  readonly #rules = new Set<string>();
  #bus: MessageBus | undefined;
  #isUp = false;
  /** Rejects whatever waits for an answer over this connection. */
  #lost = new AbortController();
  #retry: NodeJS.Timeout | undefined;
  #delayMs = firstDelayMs;
  #isStopped = false;

  constructor(options: BusLinkOptions) {
    this.#options = options;
  }

  start(): void {
    if (this.#bus || this.#isStopped) return;
    const busAddress = this.#options.address();
    if (busAddress === undefined) {
      this.#later();
      return;
    }
    let bus: MessageBus;
    try {
      bus = sessionBus({ busAddress });
    } catch (error) {
      this.#options.log(`bus: ${String(error)}`);
      this.#later();
      return;
    }
    this.#bus = bus;
    this.#lost = new AbortController();
    const send = bus.send.bind(bus);
    // The library answers calls from within its reader, where a closed stream would throw into nobody's hands.
    bus.send = (message) => {
      try {
        send(message);
      } catch (error) {
        this.#drop(bus, error);
      }
    };
    // Its types do not tell of the one event that must be heard.
    (bus as EventEmitter).on('error', (error: unknown) => this.#drop(bus, error));
    bus.on('message', (message) => this.#hear(bus, message));
    bus.once('connect', () => void this.#up(bus));
    // The end of the stream is told by the connection inside alone.
    const connection: unknown = Reflect.get(bus, '_connection');
    if (connection instanceof EventEmitter) connection.once('end', () => this.#drop(bus, new Error('it was closed')));
  }

  stop(): void {
    this.#isStopped = true;
    clearTimeout(this.#retry);
    if (this.#bus) this.#drop(this.#bus, undefined);
  }

  get isUp(): boolean {
    return this.#isUp;
  }

  /** Rejects with `BusError` when there is no bus, nobody of that name, no answer in time, or an error for an answer. */
  async call(call: BusCall, patienceMs = usualPatienceMs): Promise<readonly unknown[]> {
    const bus = this.#bus;
    if (!bus || !this.#isUp) throw new BusError('no-bus', 'there is no message bus');
    return this.#ask(bus, call, patienceMs);
  }

  /** Hears signals of this interface, until the returned function is called; whoever listens looks at the sender. */
  onSignal(
    rule: { readonly interface: string; readonly path?: string },
    listener: (signal: BusSignal) => void,
  ): () => void {
    const path = rule.path === undefined ? '' : `,path='${rule.path}'`;
    this.#listen(`type='signal',interface='${rule.interface}'${path}`);
    const heard = (signal: BusSignal): void => {
      if (signal.interface === rule.interface && (rule.path === undefined || signal.path === rule.path))
        listener(signal);
    };
    this.#signals.add(heard);
    return () => void this.#signals.delete(heard);
  }

  /** Tells who owns a name whenever that changes, and soon after this call unless nobody does. */
  watchName(name: string, listener: NameListener): () => void {
    const known = this.#watched.get(name);
    const watched = known ?? { listeners: new Set(), owner: undefined, changes: 0 };
    this.#watched.set(name, watched);
    watched.listeners.add(listener);
    if (known === undefined) {
      this.#listen(ownerRule(name));
      if (this.#bus && this.#isUp) void this.#findOwner(this.#bus, name);
    } else if (watched.owner !== undefined) {
      const { owner } = watched;
      queueMicrotask(() => watched.listeners.has(listener) && watched.owner === owner && listener(owner));
    }
    return () => void watched.listeners.delete(listener);
  }

  /** Who owns a watched name now. */
  ownerOf(name: string): string | undefined {
    return this.#watched.get(name)?.owner;
  }

  async #up(bus: MessageBus): Promise<void> {
    if (this.#bus !== bus) return;
    this.#isUp = true;
    this.#delayMs = firstDelayMs;
    for (const rule of this.#rules) this.#addMatch(bus, rule);
    await Promise.all([...this.#watched.keys()].map((name) => this.#findOwner(bus, name)));
  }

  async #ask(bus: MessageBus, call: BusCall, patienceMs: number): Promise<readonly unknown[]> {
    const lost = this.#lost.signal;
    let timer: NodeJS.Timeout | undefined;
    let onLost = (): void => undefined;
    try {
      const reply = await new Promise<Message | null>((resolve, reject) => {
        onLost = () => reject(new BusError('no-bus', 'the message bus went away'));
        lost.addEventListener('abort', onLost, { once: true });
        timer = setTimeout(() => reject(new BusError('no-answer', `${call.destination} did not answer`)), patienceMs);
        bus.call(new Message({ ...call, type: MessageType.METHOD_CALL })).then(resolve, reject);
      });
      return reply?.body ?? [];
    } catch (error) {
      throw BusError.from(error);
    } finally {
      clearTimeout(timer);
      lost.removeEventListener('abort', onLost);
    }
  }

  #listen(rule: string): void {
    if (this.#rules.has(rule)) return;
    this.#rules.add(rule);
    if (this.#bus && this.#isUp) this.#addMatch(this.#bus, rule);
  }

  #addMatch(bus: MessageBus, rule: string): void {
    const call = { ...busName, member: 'AddMatch', signature: 's', body: [rule] };
    this.#ask(bus, call, usualPatienceMs).catch((error) => this.#options.log(`bus: ${rule}: ${String(error)}`));
  }

  async #findOwner(bus: MessageBus, name: string): Promise<void> {
    const call = { ...busName, member: 'GetNameOwner', signature: 's', body: [name] };
    const before = this.#watched.get(name)?.changes;
    const [owner] = await this.#ask(bus, call, usualPatienceMs).catch(() => []);
    if (this.#bus === bus && this.#watched.get(name)?.changes === before)
      this.#owned(name, typeof owner === 'string' ? owner : undefined);
  }

  #owned(name: string, owner: string | undefined): void {
    const watched = this.#watched.get(name);
    if (!watched || watched.owner === owner) return;
    watched.owner = owner;
    for (const listener of watched.listeners) this.#safely(() => listener(owner));
  }

  #hear(bus: MessageBus, message: Message): void {
    if (this.#bus !== bus || message.type !== MessageType.SIGNAL) return;
    const { sender, path, interface: from, member, body } = message;
    if (sender === busName.destination && member === 'NameOwnerChanged') {
      const [name, , owner] = body;
      const watched = typeof name === 'string' ? this.#watched.get(name) : undefined;
      if (watched && typeof name === 'string') {
        watched.changes += 1;
        this.#owned(name, typeof owner === 'string' && owner !== '' ? owner : undefined);
      }
    }
    for (const listener of this.#signals) this.#safely(() => listener({ sender, path, interface: from, member, body }));
  }

  #drop(bus: MessageBus, error: unknown): void {
    if (this.#bus !== bus) return;
    this.#bus = undefined;
    if (this.#isUp && error !== undefined) this.#options.log(`bus: lost: ${String(error)}`);
    this.#isUp = false;
    this.#lost.abort();
    try {
      bus.disconnect();
    } catch {
      // It is gone already.
    }
    for (const name of this.#watched.keys()) this.#owned(name, undefined);
    this.#later();
  }

  #later(): void {
    if (this.#isStopped) return;
    clearTimeout(this.#retry);
    this.#retry = setTimeout(() => this.start(), this.#delayMs);
    this.#delayMs = Math.min(longestDelayMs, this.#delayMs * 2);
  }

  #safely(step: () => void): void {
    try {
      step();
    } catch (error) {
      this.#options.log(`bus: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
    }
  }
}

function ownerRule(name: string): string {
  return `type='signal',sender='org.freedesktop.DBus',member='NameOwnerChanged',arg0='${name}'`;
}
