import { z } from 'zod';

/**
 * Name of a program in the folder of hooks. Copies that editors and package managers leave there are none. Leading digits
 * tell the order, as everywhere on such a system.
 */
export const hookNameSchema = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/, 'a hook is named by its file in the folder of hooks')
  .refine(
    (name) => !/(\.(bak|orig|old|rej|swp|rpmnew|rpmsave|rpmorig|dpkg-[a-z]+|sample))$/.test(name),
    'this is a copy that was set aside, and is not run',
  );

/** Most hooks one source may have. */
export const maxHooks = 16;

/** `freeze`: before writers are held. `thaw`: after they run again. The only argument a hook gets. */
export const hookMomentSchema = z.enum(['freeze', 'thaw']);
export type HookMoment = z.infer<typeof hookMomentSchema>;

/** A file in the folder of hooks, as it is now. */
export const hookSchema = z.object({
  name: z.string(),
  /** Why it is not run, for people; empty when it would be. */
  problem: z.string(),
});
export type Hook = z.infer<typeof hookSchema>;

/** What is in the folder of hooks. */
export const hookFolderSchema = z.object({
  /** Where an administrator puts them. */
  folder: z.string(),
  /** Why none of them can be called, for people; empty when they can. */
  problem: z.string(),
  /** By name. */
  hooks: z.array(hookSchema).max(1000),
});
export type HookFolder = z.infer<typeof hookFolderSchema>;

/** One call of a hook, in the order they were made. */
export const hookCallSchema = z.object({
  name: z.string(),
  when: hookMomentSchema,
  ok: z.boolean(),
  durationMs: z.number().nonnegative(),
  /** What went wrong, for people; empty when nothing did. */
  problem: z.string().default(''),
});
export type HookCall = z.infer<typeof hookCallSchema>;

/** Calls that are kept in evidence: four tries with all the hooks there can be. */
export const maxHookCalls = 2 * 4 * maxHooks;
