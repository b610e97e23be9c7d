/**
 * Who may import what, as data. A zone is a folder whose files import each other freely; everything that crosses from
 * one zone to another needs a grant here, with the reason it is there. Tests and test kits have rules of their own
 * (check-imports.ts).
 */
export interface ImportGrant {
  /** A zone. */
  readonly from: string;
  /** A zone, or a file or folder inside one. */
  readonly to: string;
  /** `types`: nothing of it may exist at run time. `door`: only the folder's index.ts and contract.ts. */
  readonly only?: 'types' | 'door';
  readonly reason: string;
}

/** The deepest zone that holds a file is its zone. `x/*`: each folder in x is a zone. A file in no zone is an error. */
export const zones: readonly string[] = [
  'shared',
  'electron/main',
  'electron/main/ipc',
  'electron/main/jobs',
  'electron/main/catalog-client',
  'electron/main/helper-client',
  'electron/main/shell',
  'electron/main/settings',
  'electron/catalog',
  'electron/preload',
  'electron/helper',
  'electron/helper/pipeline',
  'electron/helper/sources',
  'electron/helper/quiesce',
  'electron/helper/capture',
  'electron/helper/repository',
  'electron/helper/repository/format',
  'electron/helper/restore',
  'electron/helper/authority',
  'electron/helper/workers',
  'electron/helper/system',
  'electron/cli',
  'renderer/app',
  'renderer/features/*',
  'renderer/state',
  'renderer/api',
  'renderer/ui',
  'e2e',
  'build',
];

const vocabulary = 'the words, and errors as data';

export const grants: readonly ImportGrant[] = [
  // main
  { from: 'electron/main', to: 'electron/main', reason: 'index.ts is the composition root' },
  { from: 'electron/main', to: 'shared', reason: vocabulary },
  { from: 'electron/main/ipc', to: 'shared', reason: 'the contract with the window' },
  { from: 'electron/main/ipc', to: 'electron/main/jobs', reason: 'a call from the window starts a job' },
  { from: 'electron/main/ipc', to: 'electron/main/catalog-client', reason: 'lists come from the catalog' },
  { from: 'electron/main/ipc', to: 'electron/main/settings', reason: 'the window shows and changes settings' },
  { from: 'electron/main/jobs', to: 'shared', reason: vocabulary },
  { from: 'electron/main/catalog-client', to: 'shared', reason: vocabulary },
  {
    from: 'electron/main/catalog-client',
    to: 'electron/main/jobs',
    only: 'types',
    reason: 'implements the interface that jobs declares',
  },
  {
    from: 'electron/main/catalog-client',
    to: 'electron/catalog',
    only: 'door',
    reason: 'the contract with the catalog process',
  },
  { from: 'electron/main/helper-client', to: 'shared', reason: 'the contract with the helper' },
  {
    from: 'electron/main/helper-client',
    to: 'electron/main/jobs',
    only: 'types',
    reason: 'implements the interface that jobs declares',
  },
  { from: 'electron/main/shell', to: 'shared', reason: vocabulary },
  { from: 'electron/main/settings', to: 'shared', reason: vocabulary },
  // the other processes of the app
  { from: 'electron/catalog', to: 'shared', reason: vocabulary },
  { from: 'electron/preload', to: 'shared/ipc', reason: 'one function per contract method' },
  // helper
  { from: 'electron/helper', to: 'electron/helper', reason: 'index.ts is the composition root' },
  { from: 'electron/helper', to: 'shared/helper', reason: 'the contract with main' },
  { from: 'electron/helper', to: 'shared/domain', reason: vocabulary },
  { from: 'electron/helper', to: 'shared/errors', reason: vocabulary },
  ...[
    'pipeline',
    'sources',
    'quiesce',
    'capture',
    'repository',
    'repository/format',
    'restore',
    'authority',
    'workers',
    'system',
  ].flatMap((part): readonly ImportGrant[] => [
    { from: `electron/helper/${part}`, to: 'shared/domain', reason: vocabulary },
    { from: `electron/helper/${part}`, to: 'shared/errors', reason: vocabulary },
  ]),
  { from: 'electron/helper/pipeline', to: 'shared/helper', reason: 'progress is told in the words of the contract' },
  ...['sources', 'quiesce', 'capture', 'repository', 'restore', 'authority', 'workers'].map(
    (stage): ImportGrant => ({
      from: 'electron/helper/pipeline',
      to: `electron/helper/${stage}`,
      only: 'door',
      reason: 'the flow reads from top to bottom over the stages',
    }),
  ),
  { from: 'electron/helper/sources', to: 'electron/helper/system', reason: 'what is mounted where, and how' },
  {
    from: 'electron/helper/quiesce',
    to: 'electron/helper/sources',
    only: 'types',
    reason: 'what is held still',
  },
  { from: 'electron/helper/quiesce', to: 'electron/helper/system', reason: 'freezing, fanotify, mounts' },
  {
    from: 'electron/helper/capture',
    to: 'electron/helper/quiesce',
    only: 'types',
    reason: 'reads from the view that was made still',
  },
  { from: 'electron/helper/capture', to: 'electron/helper/system', reason: 'reading without following or touching' },
  {
    from: 'electron/helper/repository',
    to: 'electron/helper/repository/format',
    reason: 'the bytes of the format are pure functions',
  },
  { from: 'electron/helper/restore', to: 'electron/helper/repository', only: 'door', reason: 'reads what is put back' },
  { from: 'electron/helper/restore', to: 'electron/helper/system', reason: 'writing without leaving the target' },
  { from: 'electron/helper/authority', to: 'electron/helper/system', reason: 'the rights of a caller' },
  { from: 'electron/helper/workers', to: 'electron/helper/repository', reason: 'hashing and encrypting in threads' },
  { from: 'electron/helper/workers', to: 'electron/helper/system', reason: 'reading in threads' },
  // command line
  { from: 'electron/cli', to: 'electron/helper', reason: 'the same engine without a window' },
  { from: 'electron/cli', to: 'shared/domain', reason: vocabulary },
  { from: 'electron/cli', to: 'shared/errors', reason: vocabulary },
  { from: 'electron/cli', to: 'shared/helper', reason: 'commands are those of the helper' },
  // window
  { from: 'renderer/app', to: 'renderer/features', reason: 'the frame around the tasks' },
  { from: 'renderer/app', to: 'renderer/state', reason: 'what the frame shows' },
  { from: 'renderer/app', to: 'renderer/ui', reason: 'what it is made of' },
  { from: 'renderer/app', to: 'shared/domain', reason: vocabulary },
  { from: 'renderer/app', to: 'shared/errors', reason: vocabulary },
  { from: 'renderer/features/*', to: 'renderer/state', reason: 'what a task shows and asks for' },
  { from: 'renderer/features/*', to: 'renderer/ui', reason: 'what it is made of' },
  { from: 'renderer/features/*', to: 'shared/domain', reason: vocabulary },
  { from: 'renderer/features/*', to: 'shared/errors', reason: vocabulary },
  { from: 'renderer/state', to: 'renderer/api', reason: 'the only way out of the window' },
  { from: 'renderer/state', to: 'shared/domain', reason: vocabulary },
  { from: 'renderer/state', to: 'shared/errors', reason: vocabulary },
  { from: 'renderer/state', to: 'shared/ipc', only: 'types', reason: 'the shapes that come over the bridge' },
  { from: 'renderer/api', to: 'shared/domain', reason: vocabulary },
  { from: 'renderer/api', to: 'shared/errors', reason: vocabulary },
  { from: 'renderer/api', to: 'shared/ipc', reason: 'the contract with main' },
  // around the app
  { from: 'e2e', to: 'shared', reason: 'speaks of what it sees in the same words' },
];
