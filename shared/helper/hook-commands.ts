import { z } from 'zod';
import { hookFolderSchema } from '../domain/hooks.ts';
import { command } from './command.ts';

export const hookCommands = {
  'hooks.list': command({
    title: 'List the programs that can be called around a pause',
    right: 'any',
    cancellable: false,
    timeoutMs: 10_000,
    params: z.strictObject({}),
    result: hookFolderSchema,
    event: z.never(),
  }),
} as const;
