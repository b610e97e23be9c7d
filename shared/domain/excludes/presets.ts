import { z } from 'zod';
import { ignoreLineProblem } from './ignore-line.ts';

/** What hardly anybody wants back, on by default. Where each is: `helper/sources/filesystem/excludes`. */
export const excludePresets = ['caches', 'trash', 'browser-caches', 'flatpak-caches', 'cachedir-tag'] as const;
export const excludePresetSchema = z.enum(excludePresets);
export type ExcludePreset = (typeof excludePresets)[number];

/** One line as in a .gitignore file, relative to the source's root. Comments and empty lines are allowed. */
export const ignoreLineSchema = z
  .string()
  .max(1000, 'a line has at most 1000 characters')
  .refine((line) => !line.includes('\0') && !line.includes('\n'), 'one rule a line')
  .superRefine((line, context) => {
    const message = ignoreLineProblem(line);
    if (message !== null) context.addIssue({ code: 'custom', message });
  });

/** How much each preset, line and path leaves out, looked at before the first backup. */
export const excludeSizesSchema = z.object({
  items: z
    .array(
      z.object({
        kind: z.enum(['preset', 'rule', 'path', 'limit']),
        /** The preset's name, the rule's line, the path, or which limit. */
        value: z.string(),
        files: z.number().int().nonnegative(),
        bytes: z.number().nonnegative(),
        /** Some of the places it matched, for people. */
        places: z.array(z.string()).max(20),
      }),
    )
    .max(2000),
  /** What would be backed up. */
  keptFiles: z.number().int().nonnegative(),
  keptBytes: z.number().nonnegative(),
  /** False when looking was cut short: all figures are lower bounds. */
  complete: z.boolean(),
});
export type ExcludeSizes = z.infer<typeof excludeSizesSchema>;
