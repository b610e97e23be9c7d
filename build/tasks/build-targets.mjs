import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { run } from '../setup/command.mjs';
import { childEnvironment, nodeProgram } from '../setup/node-runtime.mjs';
import { inTree } from '../setup/paths.mjs';
import { SetupError, say } from '../setup/say.mjs';
import { whileAlone } from './build-lock.mjs';
import { filesUnder, fingerprint, isUpToDate, recordUpToDate } from './fingerprint.mjs';

const guardSources = 'electron/helper/quiesce/guard/native';
const common = ['package.json', 'package-lock.json', 'shared', 'tsconfig.json'];

/**
 * What can be built: from which inputs, to which outputs. Each entry makes one output; an entry that is not written
 * yet is left out, and said to be.
 * @typedef {{ inputs: readonly string[], entries: Readonly<Record<string, string>>, make: (outputs: readonly string[]) => Promise<void> }} Target
 * @type {Record<'app' | 'helper' | 'guard', Target>}
 */
const targets = {
  app: {
    inputs: [
      ...common,
      'electron/main',
      'electron/catalog',
      'electron/preload',
      'electron/schedule',
      'electron/alerts',
      'renderer',
      'build/electron.vite.config.ts',
    ],
    entries: {
      'electron/main/index.ts': 'out/main/index.js',
      'electron/catalog/index.ts': 'out/main/catalog.js',
      'electron/preload/index.ts': 'out/preload/index.cjs',
      'renderer/index.html': 'out/renderer/index.html',
    },
    make: (outputs) =>
      bundle('app', outputs, [
        'node_modules/electron-vite/bin/electron-vite.js',
        'build',
        '-c',
        'build/electron.vite.config.ts',
        '--ignoreConfigWarning',
      ]),
  },
  helper: {
    inputs: [
      ...common,
      'electron/helper',
      'electron/cli',
      'electron/schedule',
      'electron/alerts',
      'build/helper.vite.config.ts',
      'build/worker-chunks.ts',
    ],
    entries: { 'electron/helper/index.ts': 'out/helper/helper.js', 'electron/cli/index.ts': 'out/helper/cli.js' },
    make: (outputs) =>
      bundle('helper', outputs, [
        'node_modules/vite/bin/vite.js',
        'build',
        '-c',
        'build/helper.vite.config.ts',
        '--configLoader',
        'native',
      ]),
  },
  guard: {
    inputs: [guardSources],
    entries: { [guardSources]: 'out/native/stillpoint-guard' },
    make: compileGuard,
  },
};

/**
 * Builds what is stale among the named targets. One that fails does not keep the others from being built; the failure
 * is thrown at the end.
 * @param {readonly (keyof typeof targets)[]} names
 */
export async function build(names = ['app', 'helper', 'guard']) {
  /** @type {unknown[]} */
  const failures = [];
  await whileAlone(async () => {
    for (const name of names) {
      try {
        await buildOne(name, targets[name]);
      } catch (error) {
        failures.push(error);
      }
    }
  });
  if (failures.length === 1) throw failures[0];
  if (failures.length > 1)
    throw new SetupError(failures.map((failure) => /** @type {Error} */ (failure).message).join('\n'));
}

/**
 * @param {string} name
 * @param {Target} target
 */
async function buildOne(name, { inputs, entries, make }) {
  const present = Object.entries(entries).filter(([entry]) => filesUnder(entry).length > 0);
  const absent = Object.keys(entries).filter((entry) => filesUnder(entry).length === 0);
  if (absent.length > 0) say(`build: ${name}: not in the tree yet: ${absent.join(', ')}`);
  if (present.length === 0) return;
  const outputs = present.map(([, output]) => output);
  const digest = fingerprint(inputs);
  if (isUpToDate(name, digest, outputs)) return;
  const started = Date.now();
  await make(outputs);
  recordUpToDate(name, digest);
  say(`build: ${name}: ${outputs.join(', ')} (${((Date.now() - started) / 1000).toFixed(1)} s)`);
}

/**
 * Runs a bundler into a folder beside `out`'s own and swaps the result in, so that whoever starts meanwhile finds
 * either the old files or the new ones.
 * @param {string} name
 * @param {readonly string[]} outputs
 * @param {readonly string[]} args
 */
async function bundle(name, outputs, args) {
  const fresh = `out/.building-${name}`;
  rmSync(inTree(fresh), { recursive: true, force: true });
  const env = { ...childEnvironment(), NODE_ENV: 'production', STILLPOINT_OUT_DIR: inTree(fresh) };
  const code = await run(nodeProgram(), [...args, '--logLevel', 'warn'], { output: 'stderr', env });
  if (code !== 0) throw new SetupError(`build: ${name} failed (exit code ${code}); the messages are above.`);
  for (const folder of new Set(outputs.map((output) => output.split('/')[1] ?? ''))) {
    const old = inTree('out', `.old-${folder}`);
    rmSync(old, { recursive: true, force: true });
    if (existsSync(inTree('out', folder))) renameSync(inTree('out', folder), old);
    renameSync(inTree(fresh, folder), inTree('out', folder));
    rmSync(old, { recursive: true, force: true });
  }
  rmSync(inTree(fresh), { recursive: true, force: true });
}

/**
 * One static program, so that the guard needs no loader, no library and no file once it runs.
 * @param {readonly string[]} outputs
 */
async function compileGuard([output = '']) {
  const sources = filesUnder(guardSources).filter((path) => path.endsWith('.c'));
  mkdirSync(inTree('out/native'), { recursive: true });
  const fresh = `${output}.new`;
  const code = await run('gcc', ['-static', '-O2', '-Wall', '-Wextra', '-Werror', '-o', fresh, ...sources], {
    output: 'stderr',
  });
  if (code !== 0) throw new SetupError(`build: the freeze guard did not compile (gcc exit code ${code}).`);
  renameSync(inTree(fresh), inTree(output));
}
