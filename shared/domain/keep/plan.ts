import { z } from 'zod';
import { snapshotIdSchema } from '../ids.ts';
import { instantSchema } from '../time.ts';

export const keptBecause = ['rule', 'pinned', 'newest', 'newest-good', 'safety'] as const;

/** What the keep rules would do to the snapshots of one source, one entry each, newest first. */
export const keepPlanSchema = z.object({
  snapshots: z
    .array(
      z.object({
        id: snapshotIdSchema,
        time: instantSchema,
        keep: z.boolean(),
        /** Rules that keep it (`hourly`, `within`, ...); empty when it goes or is kept for another reason. */
        rules: z.array(z.string()),
        because: z.enum(keptBecause).nullable(),
        /** When it goes if runs go on as planned; null: not in the next two years. For what is kept now. */
        goesAt: instantSchema.nullable(),
      }),
    )
    .max(10_000),
  keeping: z.number().int().nonnegative(),
  going: z.number().int().nonnegative(),
});
export type KeepPlan = z.infer<typeof keepPlanSchema>;

/** What deleting would give back: one offer per way to choose, cheapest in history first. */
export const freeableSchema = z.object({
  offers: z
    .array(
      z.object({
        kind: z.enum([
          'by-rules',
          'older-than-two-years',
          'older-than-one-year',
          'older-than-half-a-year',
          'oldest-half',
          'unused',
        ]),
        snapshotIds: z.array(snapshotIdSchema).max(10_000),
        /**
         * What `repositories.reclaim` with these snapshots gives back: the length of the pack files of which nothing is
         * needed any more by any snapshot that stays, whoever made it. What is unused already is in every figure. Bytes
         * that nothing needs in packs that are needed for others are not: those packs stay as they are.
         */
        bytes: z.number().nonnegative(),
      }),
    )
    .max(20),
  freeBytes: z.number().nonnegative().nullable(),
  totalBytes: z.number().nonnegative().nullable(),
});
export type Freeable = z.infer<typeof freeableSchema>;
