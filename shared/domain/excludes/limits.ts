import { z } from 'zod';

/** What is left out for what it is, wherever it is. Of one place, and off unless it is said. */
export const excludeLimitsSchema = z.strictObject({
  /** Files of more bytes than this; null: of any size. */
  largerThan: z.number().int().positive('a limit is more than nothing').nullable(),
  /** Files and folders that their owner has marked as not worth a backup: chattr(1), flag `d`. */
  noDump: z.boolean(),
});
export type ExcludeLimits = z.infer<typeof excludeLimitsSchema>;
