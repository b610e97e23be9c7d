import type { BusLink } from '../bus/bus-link.ts';
import { BusError, type BusSignal } from '../bus/messages.ts';
import { type Bubble, capabilitiesOf, defaultAction, notifyArguments, type Picture } from './bubble.ts';

const service = 'org.freedesktop.Notifications';
const servicePath = '/org/freedesktop/Notifications';
const signature = 'susssasa{sv}i';

/** Why a notification is gone. Source: Desktop Notifications Specification, `NotificationClosed`. */
const expired = 1;
const dismissed = 2;

export interface NotificationFeedback {
  /** A button was pressed; null: the notification itself was clicked. */
  readonly onAction: (key: string, action: string | null) => void;
  /** A person closed it. */
  readonly onDismissed: (key: string) => void;
}

interface Shown {
  bubble: Bubble;
  /** The service's number for it; 0: not shown yet, or not any more. */
  number: number;
  /** `open`: shown, as far as we know. `expired`: it went away by itself. `closed`: a person closed it or acted. */
  state: 'waiting' | 'open' | 'expired' | 'closed';
  isQuiet: boolean;
}

/**
 * Notifications by keys of our own, whatever becomes of the service that shows them: what could not be shown is shown
 * when one comes, and what was open when one went away is shown once more by the next. Never throws and never rejects.
 */
export class NotificationService {
  readonly #bus: BusLink;
  readonly #feedback: NotificationFeedback;
  readonly #picture: Picture | undefined;
  readonly #log: (line: string) => void;
  readonly #shown = new Map<string, Shown>();
  #owner: string | undefined;
  #capabilities: { readonly owner: string | undefined; readonly set: ReadonlySet<string> } | undefined;
  /** One step at a time: a replacement must know the number of what it replaces. */
  #steps: Promise<void> = Promise.resolve();

  constructor(bus: BusLink, feedback: NotificationFeedback, log: (line: string) => void, picture?: Picture) {
    this.#bus = bus;
    this.#feedback = feedback;
    this.#log = log;
    this.#picture = picture;
    bus.watchName(service, (owner) => this.#serviceIs(owner));
    bus.onSignal({ interface: service, path: servicePath }, (signal) => this.#hear(signal));
  }

  /** Shows it, in the place of what has this key. A quiet one makes no sound, and does not come back when it has gone. */
  show(key: string, bubble: Bubble, isQuiet: boolean): void {
    const known = this.#shown.get(key);
    if (known && isQuiet && known.state !== 'open' && known.state !== 'waiting') {
      known.bubble = bubble;
      return;
    }
    this.#shown.set(key, { bubble, number: known?.number ?? 0, state: 'waiting', isQuiet });
    this.#step(() => this.#bring(key));
  }

  withdraw(key: string): void {
    const known = this.#shown.get(key);
    this.#shown.delete(key);
    if (!known) return;
    this.#step(async () => {
      if (known.number !== 0 && known.state !== 'closed') await this.#close(known.number);
    });
  }

  /** Takes back everything that is open: its buttons would lead nowhere when we are gone. */
  async withdrawAll(): Promise<void> {
    for (const key of [...this.#shown.keys()]) this.withdraw(key);
    await this.#steps;
  }

  /** Everything asked for so far was done, or could not be. */
  settled(): Promise<void> {
    return this.#steps;
  }

  #step(step: () => Promise<void>): void {
    this.#steps = this.#steps.then(step).catch((error) => {
      if (error instanceof BusError && (error.code === 'no-bus' || error.isNobodyThere)) return;
      this.#log(`notifications: ${String(error)}`);
    });
  }

  async #bring(key: string): Promise<void> {
    const known = this.#shown.get(key);
    if (known?.state !== 'waiting') return;
    const capabilities = await this.#ask();
    const body = notifyArguments(known.bubble, {
      capabilities,
      replaces: known.number,
      isQuiet: known.isQuiet,
      picture: this.#picture,
    });
    const [number] = await this.#call('Notify', signature, body);
    if (typeof number !== 'number') return;
    known.number = number;
    if (known.state === 'waiting') known.state = 'open';
    // Withdrawn, or replaced by a newer one, while it was on its way.
    const newest = this.#shown.get(key);
    if (newest === undefined) await this.#close(number);
    else if (newest !== known) newest.number = number;
  }

  async #ask(): Promise<ReadonlySet<string>> {
    if (this.#capabilities && this.#capabilities.owner === this.#owner) return this.#capabilities.set;
    // Asking starts a service that is installed and not running yet.
    const set = capabilitiesOf(await this.#call('GetCapabilities', '', []));
    this.#capabilities = { owner: this.#owner, set };
    return set;
  }

  async #close(number: number): Promise<void> {
    // One that is gone already may be answered with an error.
    await this.#call('CloseNotification', 'u', [number]).catch(() => undefined);
  }

  #call(member: string, signatureOfBody: string, body: unknown[]): Promise<readonly unknown[]> {
    const call = { destination: service, path: servicePath, interface: service, member };
    return this.#bus.call(body.length === 0 ? call : { ...call, signature: signatureOfBody, body });
  }

  #serviceIs(owner: string | undefined): void {
    const former = this.#owner;
    this.#owner = owner;
    if (former !== undefined && former !== owner) {
      // Numbers are the old service's own; what it showed is gone with it.
      for (const shown of this.#shown.values()) {
        shown.number = 0;
        if (shown.state === 'open') shown.state = 'waiting';
      }
    }
    if (owner === undefined) return;
    for (const [key, shown] of this.#shown) if (shown.state === 'waiting') this.#step(() => this.#bring(key));
  }

  #hear({ sender, member, body }: BusSignal): void {
    if (sender !== this.#bus.ownerOf(service)) return;
    const [number, detail] = body;
    const found = [...this.#shown].find(([, shown]) => shown.number === number && number !== 0);
    if (!found) return;
    const [key, shown] = found;
    if (member === 'ActionInvoked' && typeof detail === 'string') {
      this.#feedback.onAction(key, detail === defaultAction ? null : detail);
    } else if (member === 'NotificationClosed' && shown.state !== 'waiting') {
      shown.number = 0;
      shown.state = detail === expired ? 'expired' : 'closed';
      if (detail === dismissed) this.#feedback.onDismissed(key);
    }
  }
}
