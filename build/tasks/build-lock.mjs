import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { inTree } from '../setup/paths.mjs';
import { SetupError } from '../setup/say.mjs';

const path = inTree('out', '.build-lock');
const longestWaitMs = 300_000;

/**
 * Runs `body` while no other build of this tree runs. A lock whose process is gone counts as released.
 * @template T
 * @param {() => Promise<T>} body
 * @returns {Promise<T>}
 */
export async function whileAlone(body) {
  mkdirSync(inTree('out'), { recursive: true });
  const deadline = Date.now() + longestWaitMs;
  while (!take()) {
    if (Date.now() > deadline) throw new SetupError(`build: another build still holds ${path}`);
    await sleep(100);
  }
  try {
    return await body();
  } finally {
    rmSync(path, { force: true });
  }
}

function take() {
  try {
    writeFileSync(path, String(process.pid), { flag: 'wx' });
    return true;
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code !== 'EEXIST') throw error;
  }
  const holder = existsSync(path) ? Number(readFileSync(path, 'utf8')) : 0;
  // An empty file is a lock taken this very moment.
  if (holder > 0 && !existsSync(`/proc/${holder}`)) rmSync(path, { force: true });
  return false;
}
