import { z } from 'zod';
import { type JsonFile, jsonFile } from './json-file.ts';

const schema = z.object({
  version: z.literal(1),
  /** By the notice's id: what it was about. */
  dismissed: z.record(z.string(), z.string()),
});
export type DismissedNoticesFile = z.infer<typeof schema>;

/** Notices that a person closed, so that a restart does not tell the same again. */
export function dismissedNoticesFile(path: string, now: () => number): JsonFile<DismissedNoticesFile> {
  return jsonFile<DismissedNoticesFile>(path, schema, { version: 1, dismissed: {} }, now);
}
