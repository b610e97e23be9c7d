import { z } from 'zod';
import { sourceIdSchema } from '../domain/ids.ts';
import { instantSchema } from '../domain/time.ts';
import { command } from './command.ts';

export const quietCommands = {
  'quiet.windows': command({
    title: 'Tell when registered sources were seen to be quiet',
    right: 'registered',
    cancellable: false,
    timeoutMs: 30_000,
    /** Windows that ended before `since` are left out; those that began before it are told in whole. */
    params: z.strictObject({ since: instantSchema }),
    result: z.array(
      z.object({
        sourceId: sourceIdSchema,
        /** In order; none lasts beyond the last look. */
        windows: z.array(z.object({ from: instantSchema, to: instantSchema })),
        /** When it was watched at all, up to the last look. An earlier helper does not say. */
        watched: z.array(z.object({ from: instantSchema, to: instantSchema })).optional(),
      }),
    ),
    event: z.never(),
  }),
} as const;
