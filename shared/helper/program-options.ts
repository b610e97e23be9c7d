/**
 * What the helper's program is started with, before its script. A backup makes much that is of use for a moment only: with
 * more room for what is young the collector runs less often and copies less. It is memory of a run, given back afterwards.
 */
export const helperProgramOptions: readonly string[] = ['--max-semi-space-size=64'];
