/**
 * Who may import what, as data. A zone is a folder whose files import each other freely; everything that crosses from
 * one zone to another needs a grant here, with the reason it is there. Tests and test kits have rules of their own
 * (check-imports.ts).
 */
export interface ImportGrant {
  /** A zone, or several that are granted the same for the same reason. */
  readonly from: string | readonly string[];
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
  'electron/helper/server',
  'electron/helper/commands',
  'electron/cli',
  'electron/schedule',
  'electron/alerts',
  'renderer/app',
  'renderer/features/*',
  'renderer/state',
  'renderer/api',
  'renderer/ui',
  'renderer/i18n',
  'e2e',
  'build',
];

const mainParts = ['ipc', 'jobs', 'catalog-client', 'helper-client', 'shell', 'settings'].map(
  (part) => `electron/main/${part}`,
);
const helperParts = [
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
  'server',
  'commands',
].map((part) => `electron/helper/${part}`);

/** Every process speaks of the same things in the same words, and hands errors on as data. */
const vocabulary: readonly ImportGrant[] = [
  { from: ['electron/schedule', 'electron/alerts'], to: 'shared/domain', reason: 'the words' },
  { from: ['electron/schedule', 'electron/alerts'], to: 'shared/errors', reason: 'errors as data' },
  {
    from: 'electron/alerts',
    to: 'electron/schedule/durable.ts',
    reason: 'what waits beside the journals is kept as they are',
  },
  { from: 'electron/alerts', to: 'electron/schedule/own-folder.ts', reason: 'and only in a folder of its user' },
  {
    from: ['electron/main', ...mainParts, 'electron/catalog', 'electron/helper', ...helperParts, 'electron/cli'],
    to: 'shared/domain',
    reason: 'the words',
  },
  {
    from: ['electron/main', ...mainParts, 'electron/catalog', 'electron/helper', ...helperParts, 'electron/cli'],
    to: 'shared/errors',
    reason: 'errors as data',
  },
  {
    from: ['renderer/app', 'renderer/features/*', 'renderer/state', 'renderer/api'],
    to: 'shared/domain',
    reason: 'the words',
  },
  {
    from: ['renderer/app', 'renderer/features/*', 'renderer/state', 'renderer/api', 'renderer/ui'],
    to: 'shared/errors',
    reason: 'errors as data; how one is shown does not depend on what it is about',
  },
  { from: 'e2e', to: 'shared', reason: 'speaks of what it sees in the same words' },
];

const main: readonly ImportGrant[] = [
  { from: 'electron/main/settings', to: 'electron/schedule/durable.ts', reason: 'a file is replaced in one way' },
  {
    from: ['electron/main', 'electron/main/jobs', 'electron/main/ipc', 'electron/cli'],
    to: 'electron/schedule',
    reason: 'one scheduler and one history, whoever runs it',
  },
  {
    from: ['electron/main', 'electron/main/jobs', 'electron/main/ipc', 'electron/cli'],
    to: 'electron/alerts',
    reason: 'failures reach who is away, whoever runs the schedule',
  },
  { from: 'electron/main', to: 'electron/main', reason: 'index.ts is the composition root' },
  { from: 'electron/main', to: 'shared/ipc', reason: 'what the parts it puts together speak' },
  { from: ['electron/main/ipc', 'electron/main/jobs'], to: 'shared/ipc', reason: 'the contract with the window' },
  { from: ['electron/main/ipc', 'electron/main/shell'], to: 'electron/main/jobs', reason: 'a click starts a job' },
  { from: 'electron/main/shell', to: 'shared/ipc/events.ts', reason: 'what the window is sent' },
  { from: 'electron/main/ipc', to: 'electron/main/settings', reason: 'the window shows and changes settings' },
  {
    from: ['electron/main/jobs', 'electron/main/helper-client'],
    to: 'shared/helper',
    reason: 'the contract with the helper',
  },
  {
    from: ['electron/main/catalog-client', 'electron/main/helper-client', 'electron/main/settings'],
    to: 'electron/main/jobs',
    only: 'types',
    reason: 'implements the interfaces that jobs declares',
  },
  {
    from: 'electron/main/catalog-client',
    to: 'electron/catalog',
    only: 'door',
    reason: 'the contract with the catalog process',
  },
  {
    from: ['electron/main/helper-client', 'electron/main/settings'],
    to: 'shared/ipc/app.ts',
    reason: 'settings, and the state of the helper, are kept in the shapes the window shows',
  },
  { from: 'electron/catalog', to: 'shared/ipc', reason: 'lists are answered in the shapes the window shows' },
  { from: 'electron/preload', to: 'shared/ipc', reason: 'one function per contract method' },
];

const helper: readonly ImportGrant[] = [
  { from: 'electron/helper', to: 'electron/helper', reason: 'index.ts is the composition root' },
  {
    from: ['electron/helper', 'electron/helper/server', 'electron/helper/commands', 'electron/helper/pipeline'],
    to: 'shared/helper',
    reason: 'the contract with main',
  },
  {
    from: 'electron/helper/authority',
    to: 'shared/helper',
    only: 'types',
    reason: 'which right each command needs',
  },
  {
    from: 'electron/helper/authority',
    to: 'electron/helper/server',
    only: 'types',
    reason: 'implements the interface that the server declares',
  },
  ...['sources', 'quiesce', 'capture', 'repository', 'restore'].map(
    (stage): ImportGrant => ({
      from: ['electron/helper/pipeline', 'electron/helper/commands'],
      to: `electron/helper/${stage}`,
      only: 'door',
      reason: 'the flow reads from top to bottom over the stages',
    }),
  ),
  {
    from: 'electron/helper/commands',
    to: 'electron/helper/pipeline',
    reason: 'a command runs one of its flows, and tells its phases',
  },
  {
    from: 'electron/helper/commands',
    to: 'electron/helper/authority',
    reason: 'ids become what was registered under them',
  },
  {
    from: 'electron/helper/commands',
    to: 'electron/helper/server',
    reason: 'the handlers are what the server serves',
  },
  {
    from: 'electron/helper/quiesce',
    to: 'electron/helper/sources',
    only: 'types',
    reason: 'what is held still',
  },
  {
    from: 'electron/helper/quiesce',
    to: 'electron/helper/sources/filesystem/turns.ts',
    reason: 'looking at a whole tree is cut into turns as walks of a source are',
  },
  {
    from: 'electron/helper/quiesce',
    to: 'electron/helper/sources/filesystem/path-bytes.ts',
    reason: 'paths below a source are taken apart as the source puts them together',
  },
  {
    from: 'electron/helper/quiesce',
    to: 'electron/helper/sources/filesystem/own-snapshots.ts',
    reason: 'the folder that one makes and the other leaves out is told by one piece of code',
  },
  {
    from: 'electron/helper/restore',
    to: 'electron/helper/sources',
    only: 'door',
    reason: 'what a snapshot’s own rules left out is never deleted for not being in it',
  },
  {
    from: ['electron/helper/capture', 'electron/helper/restore'],
    to: 'electron/helper/quiesce',
    only: 'types',
    reason: 'the still view, and how progress is told',
  },
  {
    from: ['electron/helper/capture', 'electron/helper/restore'],
    to: 'electron/helper/repository',
    only: 'door',
    reason: 'nodes and blobs are those of the repository’s format',
  },
  {
    from: 'electron/helper/restore',
    to: 'electron/helper/repository/format/modes.ts',
    reason: 'a thread that puts files back loads nothing else of the repository',
  },
  {
    from: 'electron/helper/repository',
    to: 'electron/helper/repository/format',
    reason: 'the bytes of the format are pure functions',
  },
  {
    from: 'electron/helper/repository/format',
    to: 'electron/helper/repository/failures.ts',
    reason: 'damage is named in the same words everywhere in the repository',
  },
  {
    from: ['sources', 'quiesce', 'capture', 'restore', 'authority', 'workers', 'server', 'commands'].map(
      (part) => `electron/helper/${part}`,
    ),
    to: 'electron/helper/system',
    reason: 'the only place that speaks to the kernel and starts programs',
  },
  { from: 'electron/helper/workers', to: 'electron/helper/repository', reason: 'hashing and encrypting in threads' },
  {
    from: 'electron/helper/workers',
    to: 'electron/helper/restore',
    reason: 'files are written and read back in threads',
  },
  { from: 'electron/cli', to: 'electron/helper', reason: 'the same engine without a window' },
  { from: 'build', to: 'shared/helper', reason: 'the installed launcher starts the helper with its options' },
  { from: 'electron/cli', to: 'shared/helper', reason: 'commands are those of the helper' },
];

const renderer: readonly ImportGrant[] = [
  { from: 'renderer/app', to: 'renderer/features', reason: 'the frame around the tasks' },
  { from: ['renderer/app', 'renderer/features/*'], to: 'renderer/state', reason: 'what is shown and asked for' },
  { from: ['renderer/app', 'renderer/features/*'], to: 'renderer/ui', reason: 'what it is made of' },
  { from: ['renderer/app', 'renderer/features/*'], to: 'renderer/i18n', reason: 'texts in the person’s language' },
  { from: 'renderer/i18n', to: 'renderer/ui', reason: 'tells the ui how the language writes numbers and dates' },
  {
    from: 'renderer/ui',
    to: 'shared/domain/level.ts',
    only: 'types',
    reason: 'a level has one shape wherever it is shown, and tasks cannot share it among themselves',
  },
  {
    from: ['renderer/app', 'renderer/features/*'],
    to: 'shared/ipc',
    only: 'types',
    reason: 'what a task draws has the shape in which main tells it; asking still goes through state',
  },
  { from: 'renderer/state', to: 'renderer/api', reason: 'the only way out of the window' },
  { from: 'renderer/state', to: 'shared/ipc', only: 'types', reason: 'the shapes that come over the bridge' },
  { from: 'renderer/api', to: 'shared/ipc', reason: 'the contract with main' },
];

const tools: readonly ImportGrant[] = [
  {
    from: 'e2e',
    to: 'electron/schedule',
    reason: 'a night passes in minutes only for a scheduler that is handed its clock',
  },
  { from: 'e2e', to: 'electron/cli/schedule', reason: 'and whose other ports are those of the command line' },
  {
    from: 'e2e',
    to: 'build/install-helper/places.ts',
    reason: 'what is installed here is set aside before, rules included',
  },
  { from: 'e2e', to: 'electron/helper/local-helper.ts', reason: 'over the helper that the command line has' },
  {
    from: 'e2e',
    to: 'electron/helper/system/exec.ts',
    reason: 'benches and soaks start real programs the way the helper does',
  },
  {
    from: 'e2e',
    to: 'electron/helper/repository',
    only: 'door',
    reason: 'a repository of a million blobs is filled by the engine itself',
  },
  {
    from: 'e2e',
    to: 'electron/helper/system/file-lock.ts',
    reason: 'an idle freeze is hurried under the lock that guards keep apart by',
  },
  {
    from: 'e2e',
    to: 'electron/helper/system/ioctl.ts',
    reason: 'the bench of the pause needs what a freeze and a thaw cost by themselves',
  },
  {
    from: 'e2e',
    to: 'electron/helper/system/sync.ts',
    reason: 'and that what was just written is on the disk before it measures',
  },
  {
    from: 'e2e',
    to: 'build/install-helper/native-packages.ts',
    reason: 'what is put into a guest is what an installed helper consists of',
  },
  {
    from: 'e2e',
    to: 'electron/helper/quiesce/guard',
    reason: 'the soak of the root stands in for a helper, to be killed between freeze and thaw',
  },
  { from: ['electron/main', 'electron/helper'], to: 'package.json', reason: 'the version is written in one place' },
  { from: 'electron/helper/commands', to: 'electron/helper/version.ts', reason: 'status tells the version' },
  {
    from: 'build',
    to: 'electron/main/helper-client/installed-copy.ts',
    reason: 'the installer makes what the app verifies, and verifies it the same way',
  },
  {
    from: 'build',
    to: 'electron/helper/authority/start-rule.ts',
    reason: 'what removes the helper removes the rules it wrote, by their name',
  },
];

export const grants: readonly ImportGrant[] = [...vocabulary, ...main, ...helper, ...renderer, ...tools];
