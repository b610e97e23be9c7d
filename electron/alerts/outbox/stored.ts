import { z } from 'zod';
import { alertEventSchema } from '../../../shared/domain/alerts.ts';

const text = z.string().max(40_000);

export const alertSchema = z.object({
  event: alertEventSchema,
  sourceName: text,
  hostname: text,
  at: z.number(),
  title: text,
  text,
});

/** One alert on its way over one channel. Nothing secret: the channel is named, not described. */
export const waitingSchema = z.object({
  version: z.literal(1),
  channelId: z.string(),
  alert: alertSchema,
  /** When it was put in; what waits in one channel goes in this order. */
  putAt: z.number(),
});
export type Waiting = z.infer<typeof waitingSchema>;

/** How a channel does. */
export const channelStateSchema = z.object({
  version: z.literal(1),
  channelId: z.string(),
  /** Attempts in vain since the last one that was taken. */
  failures: z.number().int().nonnegative(),
  /** When the last attempt was made, and when the next may be. Null: none was, at once. */
  triedAt: z.number().nullable(),
  nextAt: z.number().nullable(),
  /** How the last attempt went, for people; empty: there was none. */
  lastResult: z.string(),
  lastFailed: z.boolean(),
  /** Alerts that were given up: too old, or too many. */
  givenUp: z.number().int().nonnegative(),
});
export type ChannelState = z.infer<typeof channelStateSchema>;

export function freshState(channelId: string): ChannelState {
  return {
    version: 1,
    channelId,
    failures: 0,
    triedAt: null,
    nextAt: null,
    lastResult: '',
    lastFailed: false,
    givenUp: 0,
  };
}
