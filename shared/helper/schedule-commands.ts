import { z } from 'zod';
import { command } from './command.ts';

export const scheduleCommands = {
  'machine.conditions': command({
    title: 'Report what scheduled runs depend on',
    right: 'any',
    cancellable: false,
    timeoutMs: 10_000,
    params: z.strictObject({}),
    result: z.strictObject({
      /** Null: it cannot be told. */
      onMains: z.boolean().nullable(),
      metered: z.boolean().nullable(),
      /** The system has announced that it is about to sleep. */
      sleepAnnounced: z.boolean(),
    }),
    event: z.never(),
  }),
  'schedule.allowStillPoints': command({
    title: 'Let scheduled runs hold filesystems still from now on, without asking',
    right: 'schedule',
    cancellable: false,
    timeoutMs: 120_000,
    params: z.strictObject({}),
    result: z.strictObject({}),
    event: z.never(),
  }),
  'schedule.forbidStillPoints': command({
    title: 'Scheduled runs hold nothing still any more',
    right: 'registered',
    cancellable: false,
    timeoutMs: 10_000,
    params: z.strictObject({}),
    result: z.strictObject({}),
    event: z.never(),
  }),
} as const;
