import { z } from 'zod';
import { hookSchema } from '../domain/hooks.ts';
import { command } from './command.ts';

export const hookCommands = {
  'hooks.list': command({
    title: 'List the programs that can be called around a pause',
    right: 'any',
    cancellable: false,
    timeoutMs: 10_000,
    params: z.strictObject({}),
    result: z.strictObject({
      /** Where an administrator puts them. */
      folder: z.string(),
      /** Why none of them can be called, for people; empty when they can. */
      problem: z.string(),
      hooks: z.array(hookSchema).max(1000),
    }),
    event: z.never(),
  }),
} as const;
