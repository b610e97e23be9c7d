import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { chownSync, mkdirSync, readdirSync, readFileSync, rmdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { listMounts } from '../../system/mounts.ts';
import { type LoopFilesystem, openLoopFilesystem, whyNoLoopFilesystem } from '../../system/testing/loop-filesystem.ts';
import { guardBinary } from './testing/guard-binary.ts';

const top = listMounts().find(({ fsType, root }) => fsType === 'cgroup2' && root === '/')?.mountPoint;
const missing = whyNoLoopFilesystem('ext4') ?? (top === undefined ? 'needs control groups, version 2' : undefined);
const someone = 65_534;
const leaseMs = 1_000;

/** A helper in a control group that systemd has handed to its user, holding a filesystem. */
const holding = `
  import { writeFileSync } from 'node:fs';
  const [module, group, mountPath, guardBinary, leaseMs] = process.argv.slice(1);
  writeFileSync(group + '/cgroup.procs', String(process.pid));
  const { startGuard } = await import(module);
  const guard = await startGuard({ mountPath, guardBinary, leaseMs: Number(leaseMs) });
  guard.freeze();
  process.stdout.write(JSON.stringify(guard.pids));
  setInterval(() => {}, 60_000);`;

describe.skipIf(missing !== undefined)(`guard in a user’s control group${missing ? ` (${missing})` : ''}`, () => {
  const group = `${top}/stillpoint-foreign-${process.pid}`;
  let filesystem: LoopFilesystem;
  let helper: ChildProcess;
  beforeAll(async () => {
    filesystem = await openLoopFilesystem({ type: 'ext4', sizeMiB: 64, dir: '/dev/shm' });
  });
  afterAll(() => filesystem.close());
  beforeEach(() => {
    mkdirSync(group);
    for (const name of ['', ...readdirSync(group)]) chownSync(`${group}/${name}`, someone, someone);
    const module = fileURLToPath(new URL('./index.ts', import.meta.url));
    const rest = [module, group, filesystem.mountPoint, guardBinary(), String(leaseMs)];
    const args = ['--no-warnings', '--input-type=module', '--eval', holding, ...rest];
    helper = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'], cwd: '/' });
  });
  afterEach(async () => {
    helper.kill('SIGKILL');
    // Whatever went wrong, nothing stays held.
    spawnSync('fsfreeze', ['--unfreeze', filesystem.mountPoint]);
    await expect.poll(() => readFileSync(`${group}/cgroup.procs`, 'utf8'), { timeout: 5_000 }).toBe('');
    rmdirSync(group);
  });

  it('lets go when the user kills the whole group at once', async () => {
    const pids = await new Promise<string>((resolve, reject) => {
      helper.stdout?.once('data', (data) => resolve(String(data)));
      helper.once('exit', (code) => reject(new Error(`the helper ended with ${code}`)));
    });
    expect(Object.keys(JSON.parse(pids))).toEqual(['guard', 'witness']);
    const kill = `echo 1 > ${group}/cgroup.kill`;
    const asSomeone = ['--reuid', String(someone), '--regid', String(someone), '--clear-groups', 'sh', '-c', kill];
    expect(spawnSync('setpriv', asSomeone).status).toBe(0);
    await new Promise((resolve) => setTimeout(resolve, leaseMs + 2_000));
    // EINVAL: nothing was held any more.
    expect(spawnSync('fsfreeze', ['--unfreeze', filesystem.mountPoint]).status).toBe(1);
  });
});
