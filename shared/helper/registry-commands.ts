import { z } from 'zod';
import { repositorySchema } from '../domain/repository.ts';
import { sourceSchema } from '../domain/source.ts';
import { command } from './command.ts';

export const registryCommands = {
  'registry.import': command({
    title: 'Register what another helper of the same user had registered, under the same ids',
    right: 'register',
    cancellable: false,
    timeoutMs: 120_000,
    /** What is registered already under the same id is replaced; the owner is always the caller. */
    params: z.strictObject({
      sources: z.array(sourceSchema).max(1000),
      repositories: z.array(repositorySchema).max(1000),
    }),
    result: z.strictObject({ sources: z.number().int(), repositories: z.number().int() }),
    event: z.never(),
  }),
} as const;
