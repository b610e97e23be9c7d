import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { inTree } from '../setup/paths.mjs';

/** Files that no build reads. */
const irrelevant = /\.(test|itest)\.tsx?$|\/testing\/|\.md$/;

/**
 * A digest of the contents of files and folders; what does not exist counts as nothing.
 * @param {readonly string[]} inputs paths below the top of the tree
 */
export function fingerprint(inputs) {
  const digest = createHash('sha256');
  for (const path of inputs.flatMap(filesUnder)) {
    if (irrelevant.test(path)) continue;
    const content = readFileSync(inTree(path));
    digest.update(`${path}\0${content.length}\0`).update(content);
  }
  return digest.digest('hex');
}

/**
 * @param {string} path
 * @returns {string[]} in an order that depends on the names only
 */
export function filesUnder(path) {
  if (!existsSync(inTree(path))) return [];
  if (!statSync(inTree(path)).isDirectory()) return [path];
  return readdirSync(inTree(path))
    .sort()
    .flatMap((name) => filesUnder(`${path}/${name}`));
}

/**
 * Whether a target's outputs exist and were made from inputs with this digest.
 * @param {string} target
 * @param {string} digest
 * @param {readonly string[]} outputs
 */
export function isUpToDate(target, digest, outputs) {
  const stamp = stampOf(target);
  return (
    outputs.every((path) => existsSync(inTree(path))) && existsSync(stamp) && readFileSync(stamp, 'utf8') === digest
  );
}

/**
 * @param {string} target
 * @param {string} digest
 */
export function recordUpToDate(target, digest) {
  mkdirSync(inTree('out'), { recursive: true });
  writeFileSync(stampOf(target), digest);
}

/** @param {string} target */
function stampOf(target) {
  return inTree('out', `.built-${target}`);
}
