import { z } from 'zod';
import { repositoryIdSchema } from '../domain/ids.ts';
import { helperStateSchema } from './app.ts';
import { runViewSchema } from './runs.ts';

export const changeTopics = ['sources', 'repositories', 'timeline', 'runs', 'settings', 'undoable'] as const;

/** What main pushes to a window. Events broadcast state; asking again gives the whole of it. */
export const appEventSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('changed'), topics: z.array(z.enum(changeTopics)) }),
  z.object({ type: z.literal('run'), run: runViewSchema }),
  z.object({ type: z.literal('helper'), helper: helperStateSchema }),
  z.object({ type: z.literal('password-needed'), repositoryId: repositoryIdSchema, reason: z.string() }),
  z.object({
    type: z.literal('command'),
    command: z.enum(['back-up-now', 'restore', 'search', 'settings', 'help', 'refresh']),
  }),
]);
export type AppEvent = z.infer<typeof appEventSchema>;

export const invokeChannel = 'stillpoint:invoke';
export const eventChannel = 'stillpoint:event';
