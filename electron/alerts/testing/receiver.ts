import type { AlertChannel } from '../../../shared/domain/alerts.ts';

/** How the other side behaves. `repeats`: it refuses and repeats everything it was given. */
export type Behaviour = 'takes' | 'refuses' | 'refuses-for-now' | 'repeats' | 'silent';

export interface Received {
  /** As a person would see them. */
  readonly title: string;
  readonly text: string;
  /** Lower-case names of all headers the message came with. */
  readonly headers: readonly string[];
}

/** The other side of a channel, on this machine. */
export interface Receiver {
  readonly channel: AlertChannel;
  readonly secret: string;
  readonly received: Received[];
  /** Connections that were opened and are not closed yet. */
  open(): number;
  close(): Promise<void>;
}
