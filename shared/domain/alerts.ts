import { z } from 'zod';

/** What happened, for somebody who is away. */
export const alertEvents = ['failed', 'late', 'weaker', 'recovered', 'succeeded'] as const;
export const alertEventSchema = z.enum(alertEvents);
export type AlertEvent = (typeof alertEvents)[number];

export interface Alert {
  readonly event: AlertEvent;
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
    username: z.string().max(254),
    from: address,
    to: address,
  }),
  z.object({ kind: z.literal('webhook'), ...base, name: z.string().max(100) }),
  z.object({
    kind: z.literal('ntfy'),
    ...base,
    server: z.url({ protocol: /^https?$/, error: 'an address beginning with https:// is needed' }).max(500),
    topic: z.string().regex(/^[A-Za-z0-9_-]{1,64}$/, 'a topic is letters, digits, - and _'),
  }),
  z.object({ kind: z.literal('healthchecks'), ...base, name: z.string().max(100) }),
]);
export type AlertChannel = z.infer<typeof alertChannelSchema>;
export type AlertChannelKind = AlertChannel['kind'];

export const alertSecretSchema = z.string().min(1).max(2048);
