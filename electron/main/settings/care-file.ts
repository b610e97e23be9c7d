import { z } from 'zod';
import { carePlanSchema, madeCheckSchema } from '../../../shared/domain/care.ts';
import { type JsonFile, jsonFile } from './json-file.ts';

const keptSchema = z.object({
  plan: carePlanSchema.nullable(),
  /** Since when this plan holds, milliseconds since the epoch. */
  planSince: z.number(),
  /** Oldest first. */
  checks: z.array(madeCheckSchema).max(1000),
});

const schema = z.object({
  version: z.literal(1),
  /** By repository id. */
  repositories: z.record(z.string(), keptSchema),
});
export type CareFile = z.infer<typeof schema>;
export type KeptCare = z.infer<typeof keptSchema>;

/** What was wished of checks, and which were made. */
export function careFile(path: string, now: () => number): JsonFile<CareFile> {
  return jsonFile<CareFile>(path, schema, { version: 1, repositories: {} }, now);
}
