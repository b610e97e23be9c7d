import { z } from 'zod';
import { alertChannelSchema, alertSecretSchema } from '../domain/alerts.ts';
import { method } from './method.ts';

export const alertChannelViewSchema = z.object({
  channel: alertChannelSchema,
  /** Its password, token or address is kept. */
  hasSecret: z.boolean(),
  /** False: the secret is known to this start only, because there is no secret store. */
  secretIsKept: z.boolean(),
  /** How the last message went, for people; empty when none was sent. */
  lastResult: z.string(),
  lastFailed: z.boolean(),
});
export type AlertChannelView = z.infer<typeof alertChannelViewSchema>;

export const alertMethods = {
  'alerts.list': method({
    title: 'Where failures are told to somebody who is away',
    params: z.strictObject({}),
    result: z.array(alertChannelViewSchema),
  }),
  'alerts.save': method({
    title: 'Add or change a channel',
    /** Without a secret the one that is kept stays. */
    params: z.strictObject({ channel: alertChannelSchema, secret: alertSecretSchema.optional() }),
    result: z.array(alertChannelViewSchema),
  }),
  'alerts.remove': method({
    title: 'Remove a channel and its secret',
    params: z.strictObject({ id: z.string().max(40) }),
    result: z.array(alertChannelViewSchema),
  }),
  'alerts.test': method({
    title: 'Send a test message, before or after saving',
    params: z.strictObject({ channel: alertChannelSchema, secret: alertSecretSchema.optional() }),
    /** What the other side answered, for people. A failure is an error with guidance. */
    result: z.object({ answer: z.string() }),
  }),
} as const;
