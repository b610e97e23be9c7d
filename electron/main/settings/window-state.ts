import { z } from 'zod';
import { type JsonFile, jsonFile } from './json-file.ts';

export const windowStateSchema = z.object({
  version: z.literal(1),
  /** Screen coordinates of the window when it is not maximized; null: where the desktop puts it. */
  bounds: z
    .object({ x: z.number().int(), y: z.number().int(), width: z.number().int(), height: z.number().int() })
    .nullable(),
  maximized: z.boolean(),
});
export type WindowState = z.infer<typeof windowStateSchema>;

export function windowStateFile(path: string, now: () => number): JsonFile<WindowState> {
  return jsonFile(path, windowStateSchema, { version: 1, bounds: null, maximized: false }, now);
}
