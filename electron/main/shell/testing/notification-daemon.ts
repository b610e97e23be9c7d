import { plain } from '../bus/messages.ts';
import { type BusService, busService } from './bus-service.ts';

export interface Notified {
  readonly number: number;
  readonly replaces: number;
  readonly summary: string;
  readonly body: string;
  readonly actions: readonly string[];
  readonly hints: Readonly<Record<string, unknown>>;
  readonly timeout: number;
}

/** A notification service that writes down what it is asked for. */
export class NotificationDaemon {
  readonly notified: Notified[] = [];
  readonly closed: number[] = [];
  readonly #service: BusService;

  private constructor(service: BusService) {
    this.#service = service;
  }

  static async start(address: string, capabilities: readonly string[], firstNumber = 1): Promise<NotificationDaemon> {
    let last = firstNumber - 1;
    const service = await busService(address, 'org.freedesktop.Notifications', ({ member, body }) => {
      if (member === 'GetCapabilities') return { signature: 'as', body: [[...capabilities]] };
      if (member === 'CloseNotification') {
        daemon.closed.push(body[0] as number);
        return { signature: '', body: [] };
      }
      if (member !== 'Notify') return undefined;
      const [, replaces, , summary, text, actions, hints, timeout] = body;
      const number = (replaces as number) || ++last;
      daemon.notified.push({
        number,
        replaces: replaces as number,
        summary: summary as string,
        body: text as string,
        actions: actions as string[],
        hints: Object.fromEntries(Object.entries(hints as object).map(([name, value]) => [name, plain(value)])),
        timeout: timeout as number,
      });
      return { signature: 'u', body: [number] };
    });
    const daemon = new NotificationDaemon(service);
    return daemon;
  }

  /** A person presses a button; `default` is a click on the notification itself. */
  press(number: number, action: string): void {
    this.#emit('ActionInvoked', 'us', [number, action]);
  }

  /** 1: it expired. 2: a person closed it. */
  close(number: number, reason: number): void {
    this.#emit('NotificationClosed', 'uu', [number, reason]);
  }

  leave(): void {
    this.#service.leave();
  }

  #emit(member: string, signature: string, body: unknown[]): void {
    this.#service.emit('/org/freedesktop/Notifications', 'org.freedesktop.Notifications', member, signature, body);
  }
}
