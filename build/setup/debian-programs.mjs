import { chmodSync, copyFileSync, existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isExecutable, isOnPath, read, run } from './command.mjs';
import { inTree } from './paths.mjs';
import { say } from './say.mjs';

/**
 * Debian 13's packages as files; their programs run on Debian 12. Pinned by what the package list says.
 * @typedef {{ name: string, version: string, path: string, sha256: string, inside: string, reason: string }} DebianProgram
 */
/** @type {DebianProgram} */
const restic = {
  name: 'restic',
  version: '0.18.0',
  path: 'pool/main/r/restic/restic_0.18.0-1+b4_amd64.deb',
  sha256: '4888fb20b272a28b84ac39171b7d7f0d9a58c2aeae51ec28e54684648d66e12c',
  inside: 'usr/bin/restic',
  reason: 'the interoperability tests',
};
/** @type {DebianProgram} */
const restServer = {
  name: 'rest-server',
  version: '0.13.0',
  path: 'pool/main/r/restic-rest-server/restic-rest-server_0.13.0-2_amd64.deb',
  sha256: 'a493b3ddc6a89b8a01a35c4f72ee1aa87ff4cd84041bbd464c5775188495766d',
  inside: 'usr/bin/restic-rest-server',
  reason: 'the tests with a real server',
};
const arch = 'amd64';

/**
 * A newer restic beside the installed one, and restic’s own server, for tests; from the same mirror that apt uses. Where
 * one cannot be had those tests are skipped by name. Undefined then.
 */
export const ensureNewerRestic = () => ensureProgram(restic);
export const ensureRestServer = () => ensureProgram(restServer);

/**
 * @param {DebianProgram} wanted
 * @returns {Promise<string | undefined>}
 */
async function ensureProgram(wanted) {
  const program = inTree('out/tools', `${wanted.name}-${wanted.version}`);
  const triedMark = `${program}.not-to-be-had`;
  if (isExecutable(program)) return program;
  if (existsSync(triedMark) || !isOnPath('dpkg-deb') || read('dpkg', ['--print-architecture'])?.trim() !== arch) {
    return undefined;
  }
  const mirror = debianMirror();
  if (mirror === undefined) return undefined;
  say(`set-up: fetching ${wanted.name} ${wanted.version} for ${wanted.reason}`);
  const scratch = mkdtempSync(join(tmpdir(), 'stillpoint-program-'));
  try {
    // apt's own download helper may give up root for the transfer.
    chmodSync(scratch, 0o777);
    const archive = join(scratch, 'package.deb');
    const args = ['download-file', `${mirror}${wanted.path}`, archive, `SHA256:${wanted.sha256}`];
    const isThere = (await run('/usr/lib/apt/apt-helper', args, { output: 'hide', timeoutMs: 120_000 })) === 0;
    const isUnpacked =
      isThere && (await run('dpkg-deb', ['-x', archive, join(scratch, 'root')], { output: 'hide' })) === 0;
    mkdirSync(join(program, '..'), { recursive: true });
    if (!isUnpacked) {
      say(`set-up: it could not be had; tests with ${wanted.name} ${wanted.version} will be skipped`);
      mkdirSync(triedMark, { recursive: true });
      return undefined;
    }
    copyFileSync(join(scratch, 'root', wanted.inside), `${program}.new`);
    chmodSync(`${program}.new`, 0o755);
    renameSync(`${program}.new`, program);
    return program;
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

/** Where apt gets Debian's main component from; undefined on other systems. */
function debianMirror() {
  const format = '$(ORIGIN) $(COMPONENT) $(REPO_URI)';
  const printed = read('apt-get', ['indextargets', '--format', format, 'Created-By: Packages']) ?? '';
  const line = printed.split('\n').find((text) => /^Debian main \S+\/debian\/$/.test(text));
  return line?.split(' ')[2];
}
