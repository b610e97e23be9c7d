import { z } from 'zod';

const bytes = z.number().int().nonnegative();
const count = z.number().int().nonnegative();

/** How much that nothing needs may stay in packs that are needed for others. */
export const unusedLimitSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('bytes'), bytes }),
  /** Of what is there afterwards. */
  z.strictObject({ kind: z.literal('percent'), percent: z.number().min(0).lt(100) }),
  z.strictObject({ kind: z.literal('unlimited') }),
]);
export type UnusedLimit = z.infer<typeof unusedLimitSchema>;

export const pruneLimitsSchema = z.strictObject({
  /** Default: 5 %. */
  maxUnused: unusedLimitSchema.optional(),
  /** Bytes of packs that are written again at most. Default: no limit. */
  maxRepackBytes: bytes.optional(),
  /** Also joins packs that are small. */
  repackSmall: z.boolean().optional(),
  /** Also where no snapshot is listed: without it that is refused, as it may be a mistake of the place. */
  evenWithoutSnapshots: z.boolean().optional(),
});

/** What a prune does, in pack files and bytes; exact as long as nothing is damaged and there is room. */
export const pruneFiguresSchema = z.object({
  /** That are there. */
  packs: count,
  bytes,
  /** Of what snapshots need, each once. */
  neededBytes: bytes,
  /** Go, and nothing of them has to be copied. */
  deletePacks: count,
  deleteBytes: bytes,
  /** Go after what is needed of them was copied. */
  repackPacks: count,
  repackBytes: bytes,
  /** Are made by copying. */
  newPacks: count,
  newBytes: bytes,
  /** What goes less what comes; below 0 where files are only joined. */
  freedBytes: z.number().int(),
  /** That nothing needs, or that is there twice, in packs that stay. */
  remainingBytes: bytes,
});
export type PruneFigures = z.infer<typeof pruneFiguresSchema>;
