import { z } from 'zod';
import { command } from './command.ts';

export const helperStatusSchema = z.object({
  protocol: z.number().int(),
  version: z.string(),
  pid: z.number().int(),
  /** Effective uid of the helper, and the uid of the person it works for. */
  uid: z.number().int(),
  callerUid: z.number().int(),
  /** Root or equal: may freeze filesystems and read registered sources whatever their owner. */
  canFreeze: z.boolean(),
  /** Why it cannot freeze, for people; empty when it can. */
  cannotFreezeBecause: z.string(),
  /** Somebody allowed scheduled runs to hold filesystems still (`schedule.allowStillPoints`). */
  scheduledStillPoints: z.boolean(),
  hostname: z.string(),
  kernel: z.string(),
});
export type HelperStatus = z.infer<typeof helperStatusSchema>;

export const statusCommands = {
  'helper.status': command({
    title: 'Report what the helper can do',
    right: 'any',
    cancellable: false,
    timeoutMs: 5_000,
    params: z.strictObject({}),
    result: helperStatusSchema,
    event: z.never(),
  }),
} as const;
