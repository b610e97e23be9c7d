import { z } from 'zod';
import { runIdSchema } from '../domain/ids.ts';
import { snapshotPathSchema } from '../domain/path-text.ts';
import {
  planActionSchema,
  planEntrySchema,
  restorePlanSchema,
  restorePointSchema,
  restoreRequestSchema,
  undoableRestoreSchema,
} from '../domain/restore.ts';
import { method } from './method.ts';

const planId = z.string().min(1).max(64);
const started = z.object({ runId: runIdSchema });

export const restoreMethods = {
  'restore.putBack': method({
    title: 'Put back in one click: original place, nothing deleted, safety snapshot first',
    params: z.strictObject({ point: restorePointSchema, selection: z.array(snapshotPathSchema).max(100_000) }),
    /** `ask`: something is open, would be lost or does not fit; the plan says what. Nothing was touched. */
    result: z.discriminatedUnion('kind', [
      z.object({ kind: z.literal('started'), runId: runIdSchema }),
      z.object({ kind: z.literal('nothing-to-do') }),
      z.object({ kind: z.literal('ask'), plan: restorePlanSchema }),
    ]),
  }),
  'restore.plan': method({ title: 'Work out a restore', params: restoreRequestSchema, result: restorePlanSchema }),
  'restore.planEntries': method({
    title: 'What a planned restore would change',
    params: z.strictObject({
      planId,
      actions: z.array(planActionSchema),
      filter: z.string().max(500),
      offset: z.number().int().nonnegative(),
      limit: z.number().int().min(1).max(2_000),
    }),
    result: z.object({ entries: z.array(planEntrySchema), total: z.number().int().nonnegative() }),
  }),
  'restore.compareText': method({
    title: 'A text file then and now',
    params: z.strictObject({ planId, path: snapshotPathSchema }),
    result: z.object({ past: z.string().nullable(), present: z.string().nullable() }),
  }),
  'restore.start': method({
    title: 'Restore as planned',
    params: z.strictObject({ planId, unticked: z.array(snapshotPathSchema).max(100_000), safetySnapshot: z.boolean() }),
    result: started,
  }),
  'restore.undoable': method({
    title: 'Restores that can be taken back',
    params: z.strictObject({}),
    result: z.array(undoableRestoreSchema),
  }),
  'restore.undo': method({
    title: 'Take a restore back',
    params: z.strictObject({ restoreRunId: runIdSchema }),
    result: started,
  }),
} as const;
