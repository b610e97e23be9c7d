/**
 * What Node is started with for the helper's program, before its script. A backup makes many short-lived buffers; without
 * this each 64 MiB of them brings a collection of everything, five in a backup of 1 % of 75,000 files in as many folders as
 * changed; with it one or two, and 0.48 s of processor time in place of 0.65 s (medians of six in turns, busy machine).
 * Only for Node 24: Electron's V8 is newer, does this by itself, and refuses to start with an option it does not know.
 */
export const helperNodeOptions: readonly string[] = ['--external-memory-accounted-in-global-limit'];
