import { z } from 'zod';
import { repositoryIdSchema, runIdSchema, snapshotIdSchema, sourceIdSchema } from '../domain/ids.ts';
import { consistencyLevelSchema } from '../domain/level.ts';
import { quiesceMethodSchema } from '../domain/method.ts';
import { runOutcomeSchema } from '../domain/run.ts';
import { notRunReasons } from '../domain/schedule/facts.ts';
import { method } from './method.ts';

/** A snapshot as the timeline draws it. Times are milliseconds since the epoch, fractions included. */
export const snapshotMarkSchema = z.object({
  id: snapshotIdSchema,
  repositoryId: repositoryIdSchema,
  runId: runIdSchema.nullable(),
  time: z.number(),
  askedAt: z.number().nullable(),
  level: consistencyLevelSchema.nullable(),
  method: quiesceMethodSchema.nullable(),
  stallMs: z.number().nonnegative().nullable(),
  /** The quiesce window's ends, where one was. */
  frozenAt: z.number().nullable(),
  thawedAt: z.number().nullable(),
  kind: z.enum(['backup', 'safety', 'foreign']),
  pinned: z.boolean(),
  /** Its packs and its tree were read back and found right, by the run that made it or a later check. */
  verified: z.boolean(),
  files: z.number().nullable(),
  bytes: z.number().nullable(),
  newBytes: z.number().nullable(),
});
export type SnapshotMark = z.infer<typeof snapshotMarkSchema>;

export const bandSchema = z.object({ from: z.number(), to: z.number() });

export const laneSchema = z.object({
  /** A source id, or a key for snapshots whose source is not registered here. */
  key: z.string(),
  sourceId: sourceIdSchema.nullable(),
  name: z.string(),
  /** One quiet line: `ext4 · live`, `restic on host`. */
  detail: z.string(),
  kind: z.string(),
  snapshots: z.array(snapshotMarkSchema),
  /** Runs without a snapshot: failed, cancelled, interrupted, waiting. */
  failures: z.array(z.object({ runId: runIdSchema, at: z.number(), outcome: runOutcomeSchema, text: z.string() })),
  /** Times in which it was seen that nothing was written. */
  staticBands: z.array(bandSchema),
  /** Times any instant of which can be restored (databases). */
  logBands: z.array(bandSchema),
  /** Start times of planned runs. */
  planned: z.array(z.number()),
  /** Runs that were planned and not made, with why; `text` is for people. */
  missed: z.array(
    z.object({
      from: z.number(),
      to: z.number(),
      runs: z.number().int(),
      because: z.enum(notRunReasons),
      text: z.string(),
    }),
  ),
  /** When runs may begin; empty: at any time. */
  windows: z.array(bandSchema),
});
export type Lane = z.infer<typeof laneSchema>;

export const timelineSchema = z.object({ lanes: z.array(laneSchema) });
export type Timeline = z.infer<typeof timelineSchema>;

export const timelineMethods = {
  'timeline.get': method({
    title: 'Everything the timeline draws',
    params: z.strictObject({}),
    result: timelineSchema,
  }),
} as const;
