export type { HookFolder, Hooks, RunHooks } from './contract.ts';
export { createHooks, type HookOptions } from './hooks.ts';
