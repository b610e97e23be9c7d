import { z } from 'zod';
import { type JsonFile, jsonFile } from './json-file.ts';

const schema = z.object({
  version: z.literal(1),
  /** By source id: what was told of it and is not over. */
  told: z.record(
    z.string(),
    z.object({ failed: z.string().optional(), weaker: z.string().optional(), lateToldAt: z.number().optional() }),
  ),
});
export type ToldAlertsFile = z.infer<typeof schema>;

/** What somebody who is away was told already, so that a restart does not tell it again. */
export function toldAlertsFile(path: string, now: () => number): JsonFile<ToldAlertsFile> {
  return jsonFile<ToldAlertsFile>(path, schema, { version: 1, told: {} }, now);
}
