import { spawn, spawnSync } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { delimiter } from 'node:path';
import { root } from './paths.mjs';

/**
 * @typedef {object} Options
 * @property {number} [timeoutMs] the child is killed after this time
 * @property {Record<string, string | undefined>} [env] replaces the environment
 * @property {'show' | 'stderr' | 'hide'} [output] `show` inherits all, `stderr` moves its stdout to our stderr
 * @property {boolean} [input] give the child our stdin; otherwise it reads end-of-file
 */

/**
 * Runs a program in the tree and resolves to its exit code; 128 + signal number's convention is kept as 128.
 * SIGINT and SIGTERM sent to us alone are passed on, so that nothing outlives the command that started it.
 * @param {string} program
 * @param {readonly string[]} args
 * @param {Options} [options]
 * @returns {Promise<number>}
 */
export function run(program, args, options = {}) {
  const { timeoutMs, env = process.env, output = 'show', input = false } = options;
  const out = output === 'hide' ? 'ignore' : 'inherit';
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      cwd: root,
      env,
      stdio: [input ? 'inherit' : 'ignore', output === 'stderr' ? 2 : out, out],
      ...(timeoutMs === undefined ? {} : { timeout: timeoutMs }),
    });
    /** @param {NodeJS.Signals} signal */
    const pass = (signal) => child.kill(signal);
    process.on('SIGINT', pass);
    process.on('SIGTERM', pass);
    const done = () => {
      process.off('SIGINT', pass);
      process.off('SIGTERM', pass);
    };
    child.on('error', (error) => {
      done();
      reject(error);
    });
    child.on('exit', (code) => {
      done();
      resolve(code ?? 128);
    });
  });
}

/**
 * Runs a short program and returns what it printed; `undefined` when it is absent or failed.
 * @param {string} program
 * @param {readonly string[]} args
 */
export function read(program, args) {
  const result = spawnSync(program, args, { cwd: root, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
  return result.status === 0 ? result.stdout : undefined;
}

/** @param {string} program a program's name, looked up in PATH */
export function isOnPath(program) {
  return (process.env.PATH ?? '').split(delimiter).some((folder) => isExecutable(`${folder}/${program}`));
}

/** @param {string} path */
export function isExecutable(path) {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
