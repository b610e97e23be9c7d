import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { isNeeded, withDependencies } from '../install-helper/native-packages.ts';
import { inTree } from '../setup/paths.mjs';
import { filesUnder } from '../tasks/fingerprint.mjs';

/** What the bundles leave outside: packages with native code, those of the helper and of the catalog. */
const nativePackages = ['better-sqlite3', 'koffi', 'sodium-native'];
const built = ['out/main', 'out/preload', 'out/renderer', 'out/helper', 'out/native'];

/**
 * Lays out what the packaged app consists of, and nothing else: the built processes and the native packages they load.
 * @param {string} folder below the tree; made anew
 */
export function stage(folder) {
  rmSync(inTree(folder), { recursive: true, force: true });
  for (const path of built.flatMap(filesUnder)) if (!path.endsWith('.map')) put(folder, path);
  const packages = withDependencies(inTree('node_modules'), nativePackages);
  for (const name of packages) {
    for (const path of filesUnder(`node_modules/${name}`)) {
      if (isNeeded(path.slice('node_modules/'.length)) && !isBuildLeftover(path)) put(folder, path);
    }
  }
  const { name, version, description, license, type, main, dependencies } = JSON.parse(
    readFileSync(inTree('package.json'), 'utf8'),
  );
  const kept = Object.fromEntries(nativePackages.map((each) => [each, dependencies[each]]));
  const manifest = { name, productName: 'Stillpoint', version, description, license, type, main, dependencies: kept };
  writeFileSync(inTree(folder, 'package.json'), `${JSON.stringify(manifest, undefined, 2)}\n`);
}

/** better-sqlite3 brings SQLite's own sources along. @param {string} path */
function isBuildLeftover(path) {
  return /^node_modules\/better-sqlite3\/(deps|src)\//.test(path);
}

/** @param {string} folder @param {string} path */
function put(folder, path) {
  const target = inTree(folder, path);
  mkdirSync(dirname(target), { recursive: true });
  cpSync(inTree(path), target);
}
