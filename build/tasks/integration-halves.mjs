/**
 * Integration tests run as two halves at the same time, one file of each at a time: most of them wait, for disks, for
 * programs, for deadlines. What changes something that the whole machine shares (freezes, loop devices, control groups,
 * the hurrying of RCU, a real udisksd) stays in the first half, so that no two such tests meet; so does whatever is new.
 *
 * Files whose path begins so share nothing with others and are the second half.
 */
const besideOthers = [
  'e2e/headless/maintenance.itest.ts',
  'e2e/headless/run-due',
  'e2e/soak/fuzz.itest.ts',
  'e2e/soak/root.itest.ts',
  'electron/alerts/',
  'electron/cli/',
  'electron/helper/commands/',
  'electron/helper/excludes.itest.ts',
  'electron/helper/keep.itest.ts',
  'electron/helper/metadata.itest.ts',
  'electron/helper/repository/',
  'electron/helper/restore/',
  'electron/helper/workers/crunch-threads.itest.ts',
  'electron/main/helper-client/',
  'electron/main/killed-app.itest.ts',
  'electron/main/shell/bus/',
  'electron/main/shell/keyring/',
  'electron/main/shell/notifications/',
  'electron/schedule/',
];

/** Each half's name, its arguments for vitest, and globs of what the other one runs. */
export const integrationHalves = [
  { name: 'integration', args: [], elsewhere: besideOthers.map((path) => (path.endsWith('.ts') ? path : `${path}**`)) },
  { name: 'integration-beside', args: besideOthers, elsewhere: [] },
];
