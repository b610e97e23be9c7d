import { execFileSync, spawnSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launcherOf, verifyInstalledCopy } from '../../electron/main/helper-client/installed-copy.ts';
import { treeRoot } from '../checks/source-files.ts';
import { type Ingredients, InstallError, install, uninstall } from './install.ts';
import { type Places, policyFileOf } from './places.ts';
import { startSystemBus, until } from './testing/system-bus.ts';

const isRoot = process.getuid?.() === 0;
const hasPolkit = spawnSync('pkexec', ['--version']).status === 0;

/** Says who it is, to prove that it ran and as whom; the native modules must load from beside it. */
const standIn = `
import koffi from 'koffi';
import sodium from 'sodium-native';
const getuid = koffi.load('libc.so.6').func('uint getuid()');
console.log(JSON.stringify({
  uid: process.getuid(), euid: process.geteuid(), native: getuid(), sodium: typeof sodium.crypto_generichash,
  argv: process.argv.slice(2), env: process.env, cwd: process.cwd(), node: process.execPath,
}));
`;

const name = `stillpoint-test-${process.pid}`;
const places: Places = {
  prefix: `/opt/${name}`,
  id: `dev.stillpoint-test-${process.pid}`,
  policyFolder: '/usr/share/polkit-1/actions',
  rulesFolder: '/etc/polkit-1/rules.d',
  stateFolder: `/var/lib/${name}`,
};
const ruleFile = `/etc/polkit-1/rules.d/00-${name}.rules`;
const launcher = launcherOf(places.prefix);

function makeIngredients(folder: string): Ingredients {
  mkdirSync(join(folder, 'helper'));
  writeFileSync(join(folder, 'helper/helper.js'), standIn);
  writeFileSync(join(folder, 'guard'), 'stand-in\n', { mode: 0o755 });
  return {
    node: process.execPath,
    helper: join(folder, 'helper'),
    guard: join(folder, 'guard'),
    nodeModules: join(treeRoot, 'node_modules'),
    policy: join(treeRoot, 'build/polkit/dev.stillpoint.policy'),
  };
}

/** pkexec as the test's user, with an environment that must not reach the helper. */
function pkexec(args: readonly string[] = [launcher]): { status: number | null; stdout: string; stderr: string } {
  const asUser = ['--reuid', name, '--regid', name, '--clear-groups', '--'];
  return spawnSync('setpriv', [...asUser, 'pkexec', '--disable-internal-agent', ...args], {
    encoding: 'utf8',
    timeout: 30_000,
    env: { PATH: process.env.PATH, SHELL: '/bin/sh', NODE_OPTIONS: '--require=/nonexistent', LD_PRELOAD: '' },
  });
}

describe.skipIf(!isRoot || !hasPolkit)('the installed helper (needs root and polkit)', () => {
  const scratch = mkdtempSync(join(tmpdir(), 'stillpoint-install-'));
  const ingredients = makeIngredients(scratch);
  let bus: Awaited<ReturnType<typeof startSystemBus>> | undefined;
  let userId = 0;

  beforeAll(async () => {
    execFileSync('useradd', ['--system', '--user-group', '--no-create-home', '--shell', '/bin/sh', name], {
      stdio: 'ignore',
    });
    userId = Number(execFileSync('id', ['-u', name], { encoding: 'utf8' }));
    bus = await startSystemBus();
    await install(places, ingredients);
    await until('the policy', () => spawnSync('pkaction', ['--action-id', `${places.id}.helper.start`]).status === 0);
  });

  afterAll(async () => {
    rmSync(ruleFile, { force: true });
    uninstall(places);
    await bus?.stop();
    spawnSync('userdel', [name]);
    rmSync(scratch, { recursive: true, force: true });
  });

  it('is a copy that nobody but root can change', async () => {
    expect(await verifyInstalledCopy(places.prefix)).toEqual({ trusted: true });
    expect(statSync(places.stateFolder).mode & 0o777).toBe(0o700);
    expect(statSync(policyFileOf(places)).mode & 0o777).toBe(0o644);
  });

  it('is refused without an administrator’s consent', () => {
    const { status, stdout } = pkexec();
    expect([126, 127]).toContain(status);
    expect(stdout).toBe('');
  });

  describe('with consent', () => {
    beforeAll(async () => {
      const allowed = `action.id == '${places.id}.helper.start' && subject.user == '${name}'`;
      // polkit may run these rules with an engine that knows ES5 only.
      const rule = `polkit.addRule(function (action, subject) { if (${allowed}) return polkit.Result.YES; });\n`;
      writeFileSync(ruleFile, rule, { mode: 0o644 });
      await until('the rule', () => pkexec().status === 0);
    });

    it('runs as root, and knows who asked', () => {
      const { status, stdout, stderr } = pkexec();
      expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
      const told: { env: Record<string, string> } & Record<string, unknown> = JSON.parse(stdout);
      expect(told).toMatchObject({ uid: 0, euid: 0, native: 0, sodium: 'function', argv: [], cwd: '/' });
      expect(told.node).toBe(`${places.prefix}/bin/node`);
      expect(told.env.PKEXEC_UID).toBe(String(userId));
      expect(Object.keys(told.env).sort()).toEqual(
        ['HOME', 'LANG', 'OPENSSL_CONF', 'OPENSSL_MODULES', 'PATH', 'PKEXEC_UID'].sort(),
      );
    });

    it('takes no arguments', () => {
      const { status, stdout } = pkexec([launcher, '--eval', 'process.exit(0)']);
      expect(status).toBe(64);
      expect(stdout).toBe('');
    });

    it('runs as root or not at all: pkexec could be told to run it as somebody who has other files', () => {
      const { status, stdout, stderr } = pkexec(['--user', 'daemon', launcher]);
      expect({ status, stdout }).toEqual({ status: 77, stdout: '' });
      expect(stderr).toContain('only root');
    });

    it('gives no right to run anything else', () => {
      expect([126, 127]).toContain(pkexec(['/usr/bin/id']).status);
      expect([126, 127]).toContain(pkexec([`${places.prefix}/bin/node`]).status);
    });
  });

  it.each([
    ['owned by someone else', (path: string) => chownSync(path, userId, 0), (path: string) => chownSync(path, 0, 0)],
    ['writable by its group', (path: string) => chmodSync(path, 0o775), (path: string) => chmodSync(path, 0o755)],
    ['writable by everyone', (path: string) => chmodSync(path, 0o757), (path: string) => chmodSync(path, 0o755)],
  ])('is not trusted once a part is %s', async (_how, spoil, mend) => {
    for (const path of [places.prefix, launcher, `${places.prefix}/helper`, `${places.prefix}/bin/node`]) {
      spoil(path);
      expect(await verifyInstalledCopy(places.prefix)).toMatchObject({ trusted: false, path });
      mend(path);
    }
    expect(await verifyInstalledCopy(places.prefix)).toEqual({ trusted: true });
  });

  it('is not trusted where an access list lets someone else write', async () => {
    execFileSync('setfacl', ['-m', `u:${name}:rwx`, `${places.prefix}/helper`]);
    expect(await verifyInstalledCopy(places.prefix)).toMatchObject({ trusted: false, distrust: 'writable-by-others' });
    execFileSync('setfacl', ['-b', `${places.prefix}/helper`]);
    chmodSync(`${places.prefix}/helper`, 0o755);
    expect(await verifyInstalledCopy(places.prefix)).toEqual({ trusted: true });
  });

  it('replaces an older copy whole, and keeps it when the new one is incomplete', async () => {
    writeFileSync(join(places.prefix, 'left-over'), '');
    await expect(install(places, { ...ingredients, guard: join(scratch, 'no-guard') })).rejects.toThrow(InstallError);
    expect(existsSync(join(places.prefix, 'left-over'))).toBe(true);
    await install(places, ingredients);
    expect(existsSync(join(places.prefix, 'left-over'))).toBe(false);
    expect(await verifyInstalledCopy(places.prefix)).toEqual({ trusted: true });
  });

  it('is not installed below a folder that others can write', async () => {
    const open = { ...places, prefix: join(scratch, 'copy') };
    await expect(install(open, ingredients)).rejects.toThrow(/cannot be trusted/);
    expect(existsSync(open.prefix)).toBe(false);
  });

  it('is removed without a trace, except for what a person registered', async () => {
    const other: Places = {
      ...places,
      prefix: `${places.prefix}-2`,
      id: `${places.id}-2`,
      stateFolder: `${places.stateFolder}-2`,
    };
    await install(other, ingredients);
    expect(readFileSync(policyFileOf(other), 'utf8')).toContain(`>${launcherOf(other.prefix)}<`);
    writeFileSync(join(other.stateFolder, 'sources.json'), '{}');
    expect(uninstall(other)).toEqual({ keptState: true });
    expect([other.prefix, policyFileOf(other)].map((path) => existsSync(path))).toEqual([false, false]);
    rmSync(join(other.stateFolder, 'sources.json'));
    expect(uninstall(other)).toEqual({ keptState: false });
    expect(existsSync(other.stateFolder)).toBe(false);
  });
});
