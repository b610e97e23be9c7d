import { z } from 'zod';
import { runIdSchema } from '../domain/ids.ts';
import { snapshotPathSchema } from '../domain/path-text.ts';
import {
  planActionSchema,
  planEntrySchema,
  restorePlanSchema,
  restoreRequestSchema,
  undoableRestoreSchema,
} from '../domain/restore.ts';
import { runEventSchema, runResultSchema } from '../domain/run.ts';
import { instantSchema } from '../domain/time.ts';
import { command } from './command.ts';

const planId = z.string().min(1).max(64);

export const restoreCommands = {
  'restore.plan': command({
    title: 'Work out what a restore would change',
    right: 'registered',
    cancellable: true,
    timeoutMs: 600_000,
    params: restoreRequestSchema,
    result: restorePlanSchema,
    event: z.never(),
  }),
  'restore.planEntries': command({
    title: 'List what a planned restore would change',
    right: 'registered',
    cancellable: false,
    timeoutMs: 20_000,
    params: z.strictObject({
      planId,
      actions: z.array(planActionSchema),
      filter: z.string().max(500),
      offset: z.number().int().nonnegative(),
      limit: z.number().int().min(1).max(2_000),
    }),
    result: z.strictObject({ entries: z.array(planEntrySchema), total: z.number().int().nonnegative() }),
    event: z.never(),
  }),
  'restore.compareText': command({
    title: 'Read a text file as it was and as it is',
    right: 'registered',
    cancellable: true,
    timeoutMs: 30_000,
    params: z.strictObject({ planId, path: snapshotPathSchema }),
    /** Null where there is none, or where it is not text or longer than 256 KiB. */
    result: z.strictObject({ past: z.string().nullable(), present: z.string().nullable() }),
    event: z.never(),
  }),
  'restore.run': command({
    title: 'Restore as planned',
    right: 'registered',
    cancellable: true,
    timeoutMs: 0,
    params: z.strictObject({
      planId,
      runId: runIdSchema,
      askedAt: instantSchema,
      /** Paths of the plan that are left as they are. */
      unticked: z.array(snapshotPathSchema).max(100_000),
      /** False only on the user's explicit refusal; then the restore cannot be undone. */
      safetySnapshot: z.boolean(),
    }),
    result: runResultSchema,
    event: runEventSchema,
  }),
  'restore.undoable': command({
    title: 'List restores that can be taken back',
    right: 'registered',
    cancellable: false,
    timeoutMs: 20_000,
    params: z.strictObject({}),
    result: z.array(undoableRestoreSchema),
    event: z.never(),
  }),
  'restore.undo': command({
    title: 'Take a restore back, keeping what changed since',
    right: 'registered',
    cancellable: true,
    timeoutMs: 0,
    params: z.strictObject({ restoreRunId: runIdSchema, runId: runIdSchema, askedAt: instantSchema }),
    result: runResultSchema,
    event: runEventSchema,
  }),
} as const;
