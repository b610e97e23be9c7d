import type { Alert, AlertChannel } from '../../shared/domain/alerts.ts';

/** How one kind of channel delivers one alert. It tries once; who wants it tried again uses the outbox. */
export interface AlertAdapter<Channel extends AlertChannel = AlertChannel> {
  /**
   * Resolves with what the other side answered, for people, once it has taken the alert. `secret` is what is kept for the
   * channel: a password, a token, an address; null where nothing is. Throws `bad-input` with the field that is wrong,
   * `cancelled`, or an error that says whether trying again can help. No text it gives holds the secret.
   */
  send(alert: Alert, channel: Channel, secret: string | null, signal: AbortSignal): Promise<Delivery>;
}

export interface Delivery {
  /** What the other side answered, for people; one line. */
  readonly answer: string;
}

export interface AlertOptions {
  /** The authorities whose certificates are trusted, as PEM; without it those that Node trusts. */
  readonly ca?: readonly string[] | undefined;
  /** How long one attempt may take in all, in milliseconds. */
  readonly timeoutMs?: number | undefined;
}

export const defaultTimeoutMs = 15_000;
