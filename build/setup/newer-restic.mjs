import { chmodSync, copyFileSync, existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isExecutable, isOnPath, read, run } from './command.mjs';
import { inTree } from './paths.mjs';
import { say } from './say.mjs';

/** Debian 13's restic as a file; it is a static program and runs on Debian 12. Pinned by what the package list says. */
const restic = {
  version: '0.18.0',
  arch: 'amd64',
  path: 'pool/main/r/restic/restic_0.18.0-1+b4_amd64.deb',
  sha256: '4888fb20b272a28b84ac39171b7d7f0d9a58c2aeae51ec28e54684648d66e12c',
};

const program = inTree('out/tools', `restic-${restic.version}`);
const triedMark = `${program}.not-to-be-had`;

/**
 * A newer restic beside the installed one, for the interoperability tests; from the same mirror that apt uses. Where it
 * cannot be had those tests are skipped by name. Undefined then.
 * @returns {Promise<string | undefined>}
 */
export async function ensureNewerRestic() {
  if (isExecutable(program)) return program;
  if (
    existsSync(triedMark) ||
    !isOnPath('dpkg-deb') ||
    read('dpkg', ['--print-architecture'])?.trim() !== restic.arch
  ) {
    return undefined;
  }
  const mirror = debianMirror();
  if (mirror === undefined) return undefined;
  say(`set-up: fetching restic ${restic.version} for the interoperability tests`);
  const scratch = mkdtempSync(join(tmpdir(), 'stillpoint-restic-'));
  try {
    // apt's own download helper may give up root for the transfer.
    chmodSync(scratch, 0o777);
    const archive = join(scratch, 'restic.deb');
    const args = ['download-file', `${mirror}${restic.path}`, archive, `SHA256:${restic.sha256}`];
    const isThere = (await run('/usr/lib/apt/apt-helper', args, { output: 'hide', timeoutMs: 120_000 })) === 0;
    const isUnpacked =
      isThere && (await run('dpkg-deb', ['-x', archive, join(scratch, 'root')], { output: 'hide' })) === 0;
    mkdirSync(join(program, '..'), { recursive: true });
    if (!isUnpacked) {
      say(`set-up: it could not be had; tests with restic ${restic.version} will be skipped`);
      mkdirSync(triedMark, { recursive: true });
      return undefined;
    }
    copyFileSync(join(scratch, 'root/usr/bin/restic'), `${program}.new`);
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
