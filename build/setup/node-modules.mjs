import { existsSync, readFileSync } from 'node:fs';
import { run } from './command.mjs';
import { inTree } from './paths.mjs';
import { SetupError, say } from './say.mjs';

/**
 * Installs the packages of package-lock.json when what is installed differs. What is installed is read from the record
 * npm itself keeps in node_modules, so nothing has to be remembered.
 */
export async function ensureNodeModules() {
  const difference = firstDifference();
  if (difference === undefined) return;
  say(`set-up: npm ci, because ${difference}`);
  const code = await run('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], { output: 'stderr' });
  if (code !== 0) throw new SetupError(`set-up: npm ci failed (exit code ${code}); its messages are above.`);
}

/** Why node_modules is not what package-lock.json says, or `undefined` when it is. */
function firstDifference() {
  const record = inTree('node_modules/.package-lock.json');
  if (!existsSync(record)) return 'node_modules is missing';
  return differenceOf(packagesOf(inTree('package-lock.json')), packagesOf(record), (path) => existsSync(inTree(path)));
}

/**
 * @typedef {Record<string, { version?: string, optional?: boolean }>} Packages by path, as a lock file names them
 * @param {Packages} wanted
 * @param {Packages} installed what npm noted when it installed
 * @param {(path: string) => boolean} exists
 */
export function differenceOf(wanted, installed, exists) {
  for (const [path, { version, optional }] of Object.entries(wanted)) {
    if (path === '') continue;
    const found = installed[path];
    // An optional package for another platform is rightly absent.
    if (found === undefined && optional) continue;
    if (found?.version !== version || !exists(path)) return `${path} ${version} is not installed`;
  }
  const stale = Object.keys(installed).find((path) => wanted[path] === undefined);
  return stale === undefined ? undefined : `${stale} is no longer wanted`;
}

/**
 * @param {string} path
 * @returns {Packages}
 */
function packagesOf(path) {
  return JSON.parse(readFileSync(path, 'utf8')).packages ?? {};
}
