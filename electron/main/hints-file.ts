import { z } from 'zod';
import { type JsonFile, jsonFile } from './settings/json-file.ts';

const schema = z.object({
  version: z.literal(1),
  /** It was said where the window goes when it is closed. */
  wentToTray: z.boolean(),
});

/** What is told once in a lifetime. */
export function hintsFile(path: string, now: () => number): JsonFile<z.infer<typeof schema>> {
  return jsonFile(path, schema, { version: 1, wentToTray: false }, now);
}
