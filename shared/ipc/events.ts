import { z } from 'zod';
import { repositoryIdSchema, runIdSchema, sourceIdSchema } from '../domain/ids.ts';
import { helperStateSchema } from './app.ts';
import { runViewSchema } from './runs.ts';

export const changeTopics = [
  'sources',
  'repositories',
  'timeline',
  'runs',
  'settings',
  'undoable',
  'schedule',
  'alerts',
] as const;

/** What main pushes to a window. Events broadcast state; asking again gives the whole of it. */
export const appEventSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('changed'), topics: z.array(z.enum(changeTopics)) }),
  z.object({ type: z.literal('run'), run: runViewSchema }),
  z.object({ type: z.literal('helper'), helper: helperStateSchema }),
  /** Snapshots gone through while a repository is measured. */
  z.object({
    type: z.literal('measuring'),
    repositoryId: repositoryIdSchema,
    done: z.number().int().nonnegative(),
    total: z.number().int().nonnegative(),
  }),
  /** Show a place: a notification or the tray leads there. */
  z.object({
    type: z.literal('open'),
    place: z.discriminatedUnion('kind', [
      z.object({ kind: z.literal('source'), sourceId: sourceIdSchema }),
      z.object({ kind: z.literal('repository'), repositoryId: repositoryIdSchema }),
      z.object({ kind: z.literal('run'), runId: runIdSchema }),
      z.object({ kind: z.literal('unlock'), repositoryId: repositoryIdSchema }),
      z.object({ kind: z.literal('settings') }),
    ]),
  }),
  z.object({ type: z.literal('password-needed'), repositoryId: repositoryIdSchema, reason: z.string() }),
  z.object({
    type: z.literal('command'),
    command: z.enum(['back-up-now', 'restore', 'search', 'settings', 'help', 'refresh']),
  }),
]);
export type AppEvent = z.infer<typeof appEventSchema>;

export const invokeChannel = 'stillpoint:invoke';
export const eventChannel = 'stillpoint:event';
