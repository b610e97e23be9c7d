import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { run } from '../setup/command.mjs';
import { childEnvironment, nodeProgram } from '../setup/node-runtime.mjs';
import { inTree } from '../setup/paths.mjs';
import { build } from './build-targets.mjs';
import { filesUnder } from './fingerprint.mjs';
import { integrationHalves } from './integration-halves.mjs';
import { readPlaywrightReport, readVitestReport } from './test-reports.mjs';

/**
 * @typedef {import('./test-reports.mjs').Counts} Counts
 * @typedef {{ name: string, about: string, needs: readonly string[], run: (args: readonly string[]) => Promise<Counts> }} Stage
 */

/**
 * The stages in order. `needs` names stages whose failure makes this one pointless; a stage without tests of its own
 * counts as one.
 * @type {readonly Stage[]}
 */
export const stages = [
  {
    name: 'check',
    about: 'formatting and lint',
    needs: [],
    run: (args) => program('biome', ['check', '--error-on-warnings', ...orAll(args)]),
  },
  {
    name: 'typecheck',
    about: 'every TypeScript project',
    needs: [],
    run: (args) => program(nodeProgram(), ['build/tasks/typecheck.mjs', ...args]),
  },
  {
    name: 'rules',
    about: 'allowed imports and the tree’s own rules',
    needs: [],
    run: (args) => vitest('rules', ['--project', 'rules', ...args]),
  },
  {
    name: 'unit',
    about: 'tests beside the code',
    needs: [],
    run: (args) => vitest('unit', ['--project', 'unit', ...args]),
  },
  { name: 'build', about: 'app, helper, guard', needs: ['typecheck'], run: () => counted(build().then(() => 0)) },
  {
    name: 'integration',
    about: 'root, mounts, real programs',
    needs: ['check', 'typecheck', 'rules', 'unit', 'build'],
    run: integration,
  },
  { name: 'e2e', about: 'the app, driven', needs: ['check', 'typecheck', 'rules', 'unit', 'build'], run: playwright },
];

/**
 * Both halves at once; only what is named, when something is.
 * @param {readonly string[]} args
 * @returns {Promise<Counts>}
 */
async function integration(args) {
  const parts = args.length > 0 ? [{ name: 'integration', args, elsewhere: [] }] : integrationHalves;
  const counts = await Promise.all(
    parts.map(({ name, args, elsewhere }) => vitest(name, ['--project', 'integration', ...args], elsewhere)),
  );
  return {
    passed: counts.reduce((sum, { passed }) => sum + passed, 0),
    failed: counts.reduce((sum, { failed }) => sum + failed, 0),
    skipped: counts.flatMap(({ skipped }) => skipped),
  };
}

/** @param {readonly string[]} args */
function orAll(args) {
  return args.length > 0 ? args : ['.'];
}

/**
 * @param {string} name
 * @param {readonly string[]} args
 */
async function program(name, args) {
  return counted(run(name, args, { env: childEnvironment() }));
}

/**
 * @param {Promise<number>} work resolves to an exit code
 * @returns {Promise<Counts>}
 */
async function counted(work) {
  const code = await work;
  return { passed: code === 0 ? 1 : 0, failed: code === 0 ? 0 : 1, skipped: [] };
}

/**
 * @param {string} name
 * @param {readonly string[]} args
 * @param {readonly string[]} elsewhere globs of tests that are left to somebody else
 */
async function vitest(name, args, elsewhere = []) {
  const report = freshReport(name);
  const code = await run(
    nodeProgram(),
    [
      'node_modules/vitest/vitest.mjs',
      'run',
      '--config=build/vitest.config.ts',
      '--reporter=default',
      '--reporter=json',
      `--outputFile.json=${report}`,
      ...args,
    ],
    { env: { ...childEnvironment(), STILLPOINT_TESTED_ELSEWHERE: elsewhere.join(':') || undefined } },
  );
  return withExitCode(code, existsSync(report) ? readVitestReport(readFileSync(report, 'utf8')) : undefined);
}

/**
 * Under a display and a session bus of its own: the tests never touch the desktop they are started from.
 * @param {readonly string[]} args
 * @returns {Promise<Counts>}
 */
async function playwright(args) {
  if (!filesUnder('e2e').some((path) => path.endsWith('.spec.ts'))) return { passed: 0, failed: 0, skipped: [] };
  const report = freshReport('e2e');
  const code = await run(
    'dbus-run-session',
    [
      '--',
      'xvfb-run',
      '--auto-servernum',
      '--server-args=-screen 0 1440x960x24',
      nodeProgram(),
      'node_modules/@playwright/test/cli.js',
      'test',
      '--config=build/playwright.config.ts',
      ...args,
    ],
    { env: { ...childEnvironment(), WAYLAND_DISPLAY: undefined, STILLPOINT_E2E_REPORT: report } },
  );
  return withExitCode(code, existsSync(report) ? readPlaywrightReport(readFileSync(report, 'utf8')) : undefined);
}

/** @param {string} name */
function freshReport(name) {
  mkdirSync(inTree('out/test-reports'), { recursive: true });
  const path = inTree('out/test-reports', `${name}.json`);
  rmSync(path, { force: true });
  return path;
}

/**
 * A runner that failed without a failed test (a file that does not load, an unhandled error) counts as one failure.
 * @param {number} code
 * @param {Counts | undefined} counts
 * @returns {Counts}
 */
function withExitCode(code, counts = { passed: 0, failed: 0, skipped: [] }) {
  return code !== 0 && counts.failed === 0 ? { ...counts, failed: 1 } : counts;
}
