import { z } from 'zod';

/** What happened, for somebody who is away. `test`: nothing did, somebody tries a channel. */
export const alertEvents = ['failed', 'late', 'weaker', 'recovered', 'succeeded', 'test'] as const;
export const alertEventSchema = z.enum(alertEvents);
export type AlertEvent = (typeof alertEvents)[number];

export interface Alert {
  readonly event: AlertEvent;
  /** Empty for `test`. */
  readonly sourceName: string;
  readonly hostname: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
  /** One line, and what happened with what to do. No file names of the source. */
  readonly title: string;
  readonly text: string;
}

const base = {
  id: z.string().regex(/^[a-z0-9-]{1,40}$/),
  enabled: z.boolean(),
};
const host = z
  .string()
  .trim()
  .min(1, 'a server is needed')
  .max(253)
  .regex(/^[A-Za-z0-9.:[\]-]+$/, 'a server is a host name or an address');
const address = z.email('a mail address is needed').max(254);
const oneLine = (max: number): z.ZodString =>
  z
    .string()
    .max(max)
    .regex(/^\P{Cc}*$/u, 'a line break or control character cannot be part of it');

/**
 * Where alerts go. What must stay secret is not in here: a password, a token, and for `webhook` and `healthchecks` the
 * address itself, because knowing it is all it takes. It is kept in the secret store under the channel's id.
 */
export const alertChannelSchema = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('mail'),
    ...base,
    server: host,
    port: z.number().int().min(1).max(65_535),
    /** `none` is for this machine's own mail server only. */
    security: z.enum(['tls', 'starttls', 'none']),
    /** Empty: the server asks for none. */
    username: oneLine(254),
    from: address,
    to: address,
  }),
  z.object({ kind: z.literal('webhook'), ...base, name: oneLine(100) }),
  z.object({
    kind: z.literal('ntfy'),
    ...base,
    server: z.url({ protocol: /^https?$/, error: 'an address beginning with https:// is needed' }).max(500),
    topic: z.string().regex(/^[A-Za-z0-9_-]{1,64}$/, 'a topic is letters, digits, - and _'),
  }),
  z.object({ kind: z.literal('healthchecks'), ...base, name: oneLine(100) }),
]);
export type AlertChannel = z.infer<typeof alertChannelSchema>;
export type AlertChannelKind = AlertChannel['kind'];

export const alertSecretSchema = z.string().min(1).max(2048);

/**
 * Whether an event is sent over a channel. Healthchecks watches that something is heard at all, so it is told of success
 * too; but one check stands for every source, and while one of them is not safe nothing may tell it that all is well.
 */
export function channelWants(channel: AlertChannel, event: AlertEvent, everySourceIsSafe: boolean): boolean {
  if (!channel.enabled) return false;
  if (channel.kind !== 'healthchecks') return event !== 'succeeded';
  return everySourceIsSafe || (event !== 'succeeded' && event !== 'recovered');
}
